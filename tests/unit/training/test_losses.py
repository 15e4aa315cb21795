import math

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from recall_horizon.storage import tables
from recall_horizon.training.losses import Loss, as_csv

any_float = st.floats(allow_subnormal=True)


def same(one, other):
    """Equal to the bit; any NaN equals any other."""
    one, other = float(one), float(other)
    if math.isnan(one):
        return math.isnan(other)
    return one == other and math.copysign(1, one) == math.copysign(1, other)


@given(rows=st.lists(st.tuples(*[any_float] * 5), min_size=1))
@example(rows=[(math.inf, -math.inf, math.nan, 5e-324, -0.0), (0.1 + 0.2, *[1.0] * 4)])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_float_reads_back_the_same(tmp_path, rows):
    path = tmp_path / "losses.csv"
    path.write_text(as_csv(Loss("s", "t", "m", 5, 0, 0, *row, None, "ok") for row in rows))
    table = tables.read(path)
    for row, read in zip(rows, table.itertuples(index=False), strict=True):
        for one, other in zip(row, (*read[6:11],), strict=True):
            assert same(one, other)


def test_a_table_is_a_header_and_one_line_per_row():
    text = as_csv([Loss("s", "t", "m", 5, 1, 10, 0.5, 0.25, 1.0, 0.75, 0.125, None, "ok")])
    assert text == (
        "study,task,model,length,replicate,epoch,train_loss,test_loss,chance_loss,score,"
        "score_error,accuracy,status\ns,t,m,5,1,10,0.5,0.25,1.0,0.75,0.125,,ok\n"
    )
