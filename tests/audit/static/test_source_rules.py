"""The checker's rules over an application's code: tests and tools left out, suppressions kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from cellwall.audit.static.source_rules import source_findings

LEAK = """from flask import Flask, request

app = Flask(__name__)
recent = []


@app.route("/say")
def say():
    recent.append(request.args["text"])
    return " ".join(recent)
"""


def test_application_code_is_judged_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    for name in ("shop.py", "tests/test_shop.py", "scripts/tool.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(LEAK)
    found, looked_at = source_findings(tmp_path, isolation_only=True)
    assert {each.place.partition(":")[0] for each in found} == {"shop.py"}
    assert "1 file of" in looked_at
    assert "request-data-in-module-state" in {each.weakness.name for each in found}


def test_what_could_not_be_checked_wholly_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "shop.py").write_text(LEAK)
    monkeypatch.setattr(
        "cellwall.check.rules.request_data_in_module_state.RequestDataInModuleState.check", fail
    )
    found, looked_at = source_findings(tmp_path, isolation_only=True)
    assert "request-data-in-module-state" not in {each.weakness.name for each in found}
    assert looked_at.endswith("; 1 file not wholly, as `cellwall check` tells")


def test_secrets_are_left_out_where_isolation_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.cellwall.check]\npreview = true\n")
    (tmp_path / "shop.py").write_text(
        'import jwt\n\nSECRET_KEY = "d7e4f1c2a9b8e6d5c4b3a2f1e0d9c8b7"\n\n\n'
        'def token(user):\n    return jwt.encode({"sub": user}, SECRET_KEY, algorithm="HS256")\n'
    )
    kinds = {
        flag: {each.weakness.name for each in source_findings(tmp_path, isolation_only=flag)[0]}
        for flag in (True, False)
    }
    assert "jwt-without-expiry" not in kinds[True]
    assert "jwt-without-expiry" in kinds[False]
