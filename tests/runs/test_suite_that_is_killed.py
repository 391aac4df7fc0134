"""A killed process of the whole suite is started again; what it measures is not lost."""

from pathlib import Path
from typing import Any

import pytest

from cellwall.migrate.options import RunOptions

SUITE = """
    import os, signal
    from pathlib import Path
    from cellwall.migrate.child import serve

    def handle(request):
        if (note := Path(__file__).with_name("killed")).exists():
            yield {"outcomes": {"test_one": "passed"}}
            return
        note.touch()
        os.kill(os.getpid(), signal.SIGKILL)

    serve(handle)
"""


def test_it_is_measured_again(shop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "killed_suite.py").write_text("\n".join(line[4:] for line in SUITE.splitlines()))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("cellwall.migrate.suite.MODULE", "killed_suite")
    state = shop.run(RunOptions(agents=1, validate_continuously=False))
    assert state.tests["before"].counts == state.tests["after"].counts == {"passed": 1}
    assert any("SIGKILL" in warning for warning in state.warnings)
