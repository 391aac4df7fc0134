"""Runs the tests of the plugin under several versions of pytest and Python, each in its own environment.

python scripts/pytest_versions.py                        # every version of the table below
python scripts/pytest_versions.py --pytest 7.4 --pytest 8.4 --python python3.13
"""

import argparse
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Minor version of pytest to the newest pytest-asyncio that runs with it.
PARTNERS = {
    "7.4": "pytest-asyncio==0.23.8",
    "8.0": "pytest-asyncio==0.23.8",
    "8.1": "pytest-asyncio==0.23.8",
    "8.2": "pytest-asyncio==1.3.0",
    "8.3": "pytest-asyncio==1.3.0",
    "8.4": "pytest-asyncio==1.3.0",
    "9.0": "pytest-asyncio==1.3.0",
    "9.1": "pytest-asyncio",
    "9.2": "pytest-asyncio",
}
# Under pytest's oldest versions these are as old as they were then.
ALWAYS = (
    *("anyio", "hypothesis", "pytest-timeout", "pytest-xdist", "coverage"),
    *("fastapi", "httpx", "sqlalchemy", "aiosqlite", "greenlet"),
)
QUIET = ("--import-mode=importlib", f"--rootdir={ROOT}", "-q", "-p", "no:cacheprovider", "-m", "not big")
# The repository's own configuration speaks of options that older plugins do not know.
INI = "[pytest]\nasyncio_mode = auto\nmarkers = big: not run here\n"
TESTS = (
    *(
        "tests/testing/many_users",
        "tests/testing/test_user_context.py",
        "tests/testing/test_simulated_users.py",
    ),
    *("tests/testing/probes", "tests/testing/clients", "tests/testing/session"),
)
# These start real servers, which are the same whatever the version is, and ask for more packages.
_SESSION = "tests/testing/session/test_session.py"
SERVERS = (
    f"--deselect={_SESSION}::test_a_server_is_started_named_and_stopped",
    f"--deselect={_SESSION}::test_a_server_is_stopped_after_a_kill_too",
    f"--deselect={_SESSION}::test_a_service_that_cannot_be_had_ends_with_two",
)


def main() -> int:
    """Run; give the number of versions under which a test failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pytest", action="append", choices=sorted(PARTNERS), help="only these")
    parser.add_argument("--python", default=sys.executable, help="the interpreter (default: this one)")
    parser.add_argument("--keep", type=Path, help="keep the environments in this folder")
    arguments = parser.parse_args()
    failed = []
    with tempfile.TemporaryDirectory(prefix="cellwall-versions-") as temporary:
        folder = arguments.keep or Path(temporary)
        ini = Path(temporary) / "pytest.ini"
        ini.write_text(INI)
        for version in arguments.pytest or PARTNERS:
            python = _environment(
                folder / f"{Path(arguments.python).name}-{version}", version, arguments.python
            )
            print(f"--- {_versions(python)}", flush=True)
            ran = subprocess.run(
                [
                    python,
                    "-m",
                    "pytest",
                    *TESTS,
                    *SERVERS,
                    "-c",
                    str(ini),
                    "--confcutdir=tests/testing",
                    *QUIET,
                ],
                cwd=ROOT,
                check=False,
            )
            failed += [version] if ran.returncode else []
    print(f"failed under: {', '.join(failed) or 'none'}")
    return len(failed)


def _environment(folder: Path, version: str, python: str) -> str:
    """Make an environment with this version, and Cellwall from the checkout."""
    made = folder / "bin" / "python"
    if made.exists():
        return str(made)
    if python == sys.executable:
        venv.create(folder, with_pip=True)
    else:
        subprocess.run([python, "-m", "venv", str(folder)], check=True)
    install = [str(made), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*install, f"pytest=={version}.*", PARTNERS[version], *ALWAYS, "-e", str(ROOT)], check=True
    )
    return str(made)


def _versions(python: str) -> str:
    script = (
        "import platform, pytest, pytest_asyncio;"
        "print('Python', platform.python_version(), 'pytest', pytest.__version__,"
        " 'pytest-asyncio', pytest_asyncio.__version__)"
    )
    return subprocess.run([python, "-c", script], capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
