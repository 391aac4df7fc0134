"""The command as users type it: codes, formats, and what it refuses."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cellwall.cli.main import main

APP = "tests.audit.apps.desk:create_desk()"


def audit(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["audit", *arguments])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(f'[tool.cellwall.audit]\napp = "{APP}"\n')
    (tmp_path / "leaky_desk.py").write_text(
        "from tests.audit.apps.desk import create_desk\n\napp = create_desk('read')\nprint('made')\n"
    )
    return tmp_path


def test_a_clean_application_ends_with_0(project: Path) -> None:
    done = audit("--repo", str(project))
    assert done.exit_code == 0, done.output
    assert "0 confirmed" in done.output
    assert "both users can still be used" in done.output
    assert "GET /notes/{note_id}" in done.output


def test_a_leak_ends_with_1_and_tells_how_to_see_it_again(project: Path) -> None:
    done = audit("--repo", str(project), "--app", "leaky_desk:app", "--format", "json")
    assert done.exit_code == 1, done.output
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["kind"], finding["target"]) == ("foreign-read", "GET /notes/{note_id}")
    assert (finding["severity"], finding["cwe"]) == ("high", "CWE-639")
    assert "desk.py:" in finding["place"]
    assert finding["retest"] == (
        f"cellwall audit --repo {project} --app leaky_desk:app --only 'GET /notes/{{note_id}}' --seed 0"
    )
    assert {each["as"] for each in finding["requests"]} == {"alice", "bob"}
    assert all("e30." not in each["curl"] for each in finding["requests"])
    assert any("$BOB_AUTHORIZATION" in each["curl"] for each in finding["requests"])


def test_an_application_that_keeps_its_users_can_be_audited_again_and_again(project: Path) -> None:
    (project / "kept_desk.py").write_text((project / "leaky_desk.py").read_text())
    for _ in range(6):
        done = audit("--repo", str(project), "--app", "kept_desk:app")
        assert done.exit_code == 1, done.output


def test_failing_can_be_left_to_worse(project: Path) -> None:
    for worse in ("critical", "never"):
        done = audit("--repo", str(project), "--app", "leaky_desk:app", "--fail-on", worse)
        assert done.exit_code == 0, done.output


def test_too_little_tested_is_not_clean(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "closed.py").write_text(
        "from fastapi import FastAPI, HTTPException\n\napp = FastAPI()\n\n\n"
        "@app.get('/notes/{note_id}')\nasync def note(note_id: int):\n    raise HTTPException(401)\n"
    )
    monkeypatch.setenv("A_TOKEN", "a" * 20)
    monkeypatch.setenv("B_TOKEN", "b" * 20)
    done = audit(
        "--repo", str(project), "--app", "closed:app", "--user", "alice=A_TOKEN", "--user", "bob=B_TOKEN"
    )
    assert done.exit_code == 3, done.output
    assert "not clean: " in done.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--url", "http://192.0.2.1"), "say so twice"),
        (("--url", "http://192.0.2.1", "--remote"), "say so twice"),
        (("--url", "http://127.0.0.1:9", "--app", "a:b"), "name one of them"),
        (("--app", "no_such_module:app"), "cannot be had"),
        (("--app", "json"), "name a module"),
    ],
)
def test_what_cannot_start_ends_with_2(project: Path, arguments: tuple[str, ...], words: str) -> None:
    done: Any = audit("--repo", str(project), *arguments)
    assert done.exit_code == 2
    assert words in done.output


def test_what_the_baseline_accepts_does_not_fail(project: Path) -> None:
    baseline = project / "audit.json"
    given = ("--repo", str(project), "--app", "leaky_desk:app", "--baseline", str(baseline))
    assert audit(*given).exit_code == 2
    written = audit(*given, "--write-baseline")
    assert written.exit_code == 0, written.output
    done = audit(*given, "--format", "json", "--seed", "3")
    assert done.exit_code == 0, done.output
    assert [each["accepted"] for each in json.loads(done.stdout)["findings"]] == [True]


def test_only_what_changed_since_a_revision_is_probed(project: Path) -> None:
    service = project / "since_desk.py"
    service.write_text((Path(__file__).parents[1] / "audit/apps/desk.py").read_text())
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "x")):
        names = ("-c", "user.name=x", "-c", "user.email=x@example.com")
        subprocess.run(["git", *names, *words], cwd=project, check=True)
    app = ("--repo", str(project), "--app", "since_desk:create_desk()", "--since", "HEAD", "--format", "json")
    operations = json.loads(audit(*app).stdout)["coverage"]["operations"]
    assert {each["left_out"] for each in operations if each["takes_id"]} == {"not changed since the revision"}
    service.write_text(service.read_text() + "\n# changed\n")
    operations = json.loads(audit(*app).stdout)["coverage"]["operations"]
    assert all(each["probed"] for each in operations if each["takes_id"])
    assert audit("--repo", str(project), "--since", "no-such-revision").exit_code == 2


@pytest.mark.parametrize("form", ["html", "sarif"])
def test_a_report_is_written_to_a_file(project: Path, form: str) -> None:
    done = audit("--repo", str(project), "--format", form, "--output", str(project / "report"))
    assert (done.exit_code, done.stdout) == (0, "")
    assert "GET /notes/{note_id}" in (project / "report").read_text() or form == "sarif"
