"""Which walls are up is found by trying, and said in words."""

import sys
from pathlib import Path

from cellwall.project.supervised import Wall
from cellwall.project.walls import can_build, detect_walls


def test_an_open_wall_does_not_pass_for_a_closed_one() -> None:
    assert not can_build(Wall())


def test_a_bubblewrap_that_lies_is_found_out(tmp_path: Path) -> None:
    liar = tmp_path / "bwrap"
    liar.write_text(
        f"#!{sys.executable}\nimport os, sys\nargv = sys.argv\nos.execvp(argv[argv.index('--') + 1], "
        "argv[argv.index('--') + 1:])\n"
    )
    liar.chmod(0o755)
    assert not can_build(Wall(bubblewrap=str(liar)))
    assert not can_build(Wall(bubblewrap=str(tmp_path / "gone")))


def test_words_say_what_is_up() -> None:
    walls = detect_walls()
    closed = walls.wall.namespaces or bool(walls.wall.bubblewrap)
    assert closed == any("read-only file system" in words for words in walls.words)
    assert closed != any("no namespaces here" in words for words in walls.words)
    assert any("allow-list" in words for words in walls.words)
    assert detect_walls() is walls


def test_an_open_network_is_said() -> None:
    walls = detect_walls(network=True)
    assert walls.wall.network
    assert any("network" in words for words in walls.words)
