import gzip

import pytest
import vl_convert

from recall_horizon.cli import library


@pytest.fixture
def made(monkeypatch, tmp_path):
    """How often the script was made, and a folder of caches of its own."""
    calls, real = [], vl_convert.javascript_bundle

    def counted(*arguments):
        calls.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(vl_convert, "javascript_bundle", counted)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return calls


def test_it_is_made_once_for_each_user_and_again_where_what_is_kept_is_damaged(made, tmp_path):
    outputs = [tmp_path / f"{n}.js.gz" for n in range(3)]
    for output in outputs[:2]:
        library.main(output=output)
    assert len(made) == 1
    (kept,) = (tmp_path / "caches").rglob("*.js.gz")
    kept.write_bytes(kept.read_bytes()[:-100])
    library.main(output=outputs[2])
    assert len(made) == 2
    assert len({output.read_bytes() for output in outputs}) == 1
    assert b"vegaEmbed" in gzip.decompress(outputs[0].read_bytes())
    assert kept.read_bytes() == outputs[0].read_bytes()


def test_where_nothing_can_be_kept_it_is_made(made, tmp_path):
    (tmp_path / "caches").write_text("no folder")
    library.main(output=tmp_path / "one.js.gz")
    assert len(made) == 1
    assert (tmp_path / "one.js.gz").exists()
