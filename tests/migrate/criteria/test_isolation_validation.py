import pytest

from cellwall.migrate.criteria.isolation_validation import isolation_validation
from cellwall.migrate.fake_run import RunBuilder, started

NEW = ["tests/a.py::test_two_users"]
LINES = ("concurrent_user_tests", "websocket", "database", "tool")


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (started().tests("after", new=NEW).findings(), (True, True, True, True)),
        (started().tests("after").findings(), (None, True, True, True)),
        (started().findings(), (None, None, None, None)),
        (started().tests("after", new=NEW), (True, None, None, None)),
        (started().tests("after", {}, new=NEW).findings(), (None, None, None, None)),
        (started().tests("after", new=NEW, failed=NEW).findings(), (False, True, True, True)),
        (started().tests("after").findings({"shared-session": 1}), (None, True, False, True)),
        (started().tests("after").findings({"global-registry-access": 1}), (None, True, True, False)),
        (started().tests("after").findings({"dispatcher-without-context": 1}), (None, True, True, False)),
        (started().tests("after").findings({"singleton-websocket-manager": 1}), (None, False, True, True)),
        (started().tests("after", regressions=["x"]).findings(), (None, False, False, False)),
    ],
)
def test_the_four_lines(build: RunBuilder, expected: tuple[bool | None, ...]) -> None:
    lines = isolation_validation(build.state)
    assert tuple(lines) == LINES
    assert tuple(judgement.met for judgement in lines.values()) == expected
    assert all(judgement.evidence for judgement in lines.values())
