from recall_horizon.presentation.grid import columns, markdown


def test_a_bar_in_a_cell_does_not_end_it():
    assert markdown([["a", "b"], ["x|y", ""]]) == "| a | b |\n| --- | --- |\n| x\\|y |  |"


def test_a_table_fits_a_terminal_and_only_long_cells_are_cut():
    rows = [["key", "one"], ["k" * 90, "v" * 20], ["short", "value"]]
    lines = list(columns(rows))
    assert max(map(len, lines)) <= 80
    assert lines[1].endswith("…  " + "v" * 20)
    assert lines[2].split() == ["short", "value"]
