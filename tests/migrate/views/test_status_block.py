from cellwall.migrate.fake_run import RunBuilder, halfway
from cellwall.migrate.views.status_block import render_status_block

SEEN = """\
run 20250902-120000-abcd, 2 agents, branch cellwall/20250902-120000-abcd
  Agent 1 (Carts): 66% (2 of 3 files)
  Agent 2 (Checkout): 66% (2 of 3 files, 2 refused)
  All Files Changed: 1/8
  Tests Passing: 100% (5 of 5)
  Violations found: 11
  Validation queue: 1 waiting, 0 running, 1 passed, 1 refused
  Estimated completion: 7 seconds
"""


def test_the_same_figures_as_the_dashboard_in_plain_lines() -> None:
    build = halfway()
    assert render_status_block(build.state, build.now) == SEEN


def test_names_cannot_steer_the_terminal_nor_add_lines() -> None:
    state = RunBuilder().start(("\x1b]0;owned\x07\nAgent 9 (Fine): 100%",)).state
    block = render_status_block(state, 0.0)
    assert "\x1b" not in block
    assert "\x07" not in block
    assert not any(line.startswith("Agent 9") for line in block.splitlines())


def test_a_stopped_run_says_why() -> None:
    from cellwall.migrate.events import RunStopped

    build = halfway().add(RunStopped("the disk is full"))
    assert "stopped: the disk is full" in render_status_block(build.state, build.now)
