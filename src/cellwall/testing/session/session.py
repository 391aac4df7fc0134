"""Starts one pytest session in the target's interpreter and writes its documents; exit codes are pytest's."""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, final

from cellwall.project.services import Service
from cellwall.testing.services import ServerUnavailableError
from cellwall.testing.session.page import page
from cellwall.testing.session.real_services import real_services

CANNOT_START: Final = 2
_PLUGIN: Final = "cellwall.testing.session.hooks"


@final
@dataclass(frozen=True, slots=True)
class Wanted:
    """What a session is to do: `arguments` are pytest's own; paths of documents are absolute or None."""

    root: Path
    python: Path
    categories: tuple[str, ...] = ()
    users: int | None = None
    arguments: tuple[str, ...] = ()
    services: tuple[Service, ...] | None = None
    documents: Mapping[str, Path] = field(default_factory=dict)  # "junit", "json", "html"


def run_session(wanted: Wanted, say: Callable[[str], None]) -> int:
    """Run the session; give pytest's exit code, or 2 where a service cannot be had."""
    try:
        with real_services(wanted.services or ()) as (variables, lines):
            for line in lines:
                say(line)
            return _run(wanted, variables, lines)
    except ServerUnavailableError as error:
        say(f"no real services: {error}")
        return CANNOT_START


def command(wanted: Wanted, document: Path) -> list[str]:
    """Give the command that runs the session."""
    words = [str(wanted.python), "-m", "pytest", "-p", _PLUGIN, "--cellwall-document", str(document)]
    for category in wanted.categories:
        words += ["--cellwall-category", category]
    if wanted.users is not None:
        words += ["--concurrent-users", str(wanted.users)]
    if "junit" in wanted.documents:
        words += ["--junit-xml", str(wanted.documents["junit"])]
    return [*words, *wanted.arguments]


def _run(wanted: Wanted, variables: Mapping[str, str], lines: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="cellwall-test-") as folder:
        document = Path(folder) / "document.json"
        process = subprocess.Popen(
            command(wanted, document), cwd=wanted.root, env={**os.environ, **variables}
        )
        code = _wait(process)
        if document.exists():
            _write(wanted, json.loads(document.read_text(encoding="utf-8")), lines)
        return code


def _wait(process: "subprocess.Popen[bytes]") -> int:
    """Wait for pytest; what interrupts us interrupts it too, and it ends in its own way."""
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            continue
        except BaseException:
            process.terminate()
            process.wait(30)
            raise
        return code if code >= 0 else 128 - code


def _write(wanted: Wanted, document: dict[str, Any], lines: list[str]) -> None:
    document["services"] = lines
    if "json" in wanted.documents:
        wanted.documents["json"].write_text(json.dumps(document, indent=1), encoding="utf-8")
    if "html" in wanted.documents:
        wanted.documents["html"].write_text(page(document, lines), encoding="utf-8")
