"""The places to hide: only what is there, and never what the program needs."""

from pathlib import Path

from cellwall.project.secret_places import secret_places


def test_only_what_is_there(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".netrc").write_text("x")
    (tmp_path / "notes").mkdir()
    found = [place for place in secret_places(tmp_path, []) if place.startswith(str(tmp_path))]
    assert found == [str(tmp_path / ".aws"), str(tmp_path / ".netrc")]


def test_what_is_needed_stays_in_sight(tmp_path: Path) -> None:
    python = tmp_path / ".docker" / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    assert str(tmp_path / ".docker") not in secret_places(tmp_path, [python])
    assert str(tmp_path / ".docker") in secret_places(tmp_path, [tmp_path / ".dockerish"])
