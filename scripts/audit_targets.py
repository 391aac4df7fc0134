"""Audits public services with documented cross-user bugs, on loopback, and counts what is found.

Nothing is fetched: clone the repositories that scripts/audit_targets.toml names into one folder, and name it
by --sources or AUDIT_TARGETS. What a service needs is installed by pip into environments beside them.

Run: python scripts/audit_targets.py --sources FOLDER [--only NAME ...] [--schemathesis SECONDS]
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from cellwall.audit.audit_run import AuditPlan, prepared
from cellwall.audit.exchange import Request
from cellwall.audit.forged_token import bearer
from cellwall.audit.loopback import destination
from cellwall.audit.openapi import read_openapi
from cellwall.audit.url_transport import UrlTransport
from cellwall.testing.services import running_postgres

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "audit.md"
BEGIN, END = "<!-- made by scripts/audit_targets.py -->", "<!-- end -->"
PEER: Final = "schemathesis==4.32.5"


@dataclass(frozen=True)
class Target:
    """One service as scripts/audit_targets.toml tells it."""

    name: str
    folder: str
    openapi: str
    serve: str
    requirements: list[str]
    documented: list[str]
    requests: list[str] = field(default_factory=list)  # of routes that the description leaves out
    repository: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    replace: list[list[str]] = field(default_factory=list)
    postgres: bool = False


@dataclass(frozen=True)
class Measured:
    """What was found in one service."""

    found: list[str]
    others: list[str]  # confirmed, and not among the documented ones
    exposed: int
    coverage: float
    requests: int
    seconds: float
    peer: str = ""


def targets() -> list[Target]:
    """Read the list; one that is like another takes what it does not say itself."""
    raw = tomllib.loads((ROOT / "scripts" / "audit_targets.toml").read_text())["target"]
    known = {each["name"]: each for each in raw}
    found = []
    for each in raw:
        whole = {**known.get(each.get("like", ""), {}), **each}
        whole["replace"] = [*whole.get("replace", []), *whole.pop("also_replace", [])]
        whole.pop("like", None)
        found.append(Target(**whole))
    return found


def python_with(requirements: list[str], folder: Path) -> Path:
    """Give an interpreter that has these packages, in an environment kept for the next time."""
    name = hashlib.sha256("\n".join(requirements).encode()).hexdigest()[:12]
    python = folder / name / "bin" / "python"
    if not (folder / name / ".made").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / name)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *requirements], check=True)
        (folder / name / ".made").touch()
    return python


@contextmanager
def running(target: Target, sources: Path, environments: Path) -> Iterator[str]:
    """Serve a copy of the target on a free port of this machine, and give its URL."""
    with ExitStack() as stack:
        copy = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "copy"
        shutil.copytree(sources / target.folder, copy, ignore=shutil.ignore_patterns(".git"))
        for name, pattern, text in target.replace:
            path = copy / name
            edited, count = re.subn(pattern, text, path.read_text(), flags=re.MULTILINE)
            assert count, f"{target.name}: {name} has no {pattern}"
            path.write_text(edited)
        folder = str(stack.enter_context(running_postgres()).server.folder) if target.postgres else ""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        given = {name: text.replace("{socket}", folder) for name, text in target.environment.items()}
        python = python_with(target.requirements, environments)
        command = [str(python), "-c", target.serve.replace("{port}", str(port))]
        output = stack.enter_context((copy / "output.log").open("w"))
        process = subprocess.Popen(
            command, cwd=copy, env={"PATH": os.defpath, **given}, stdout=output, stderr=output
        )
        stack.callback(process.wait)
        stack.callback(process.kill)
        url = f"http://127.0.0.1:{port}"
        wait_for(url + target.openapi, process)
        yield url


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the description is served."""
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            if process.poll() is not None:
                raise RuntimeError(f"{url}: the service ended with {process.returncode}") from None
            time.sleep(0.2)
    raise RuntimeError(f"{url} did not answer")


def audited(target: Target, url: str, seed: int) -> Measured:
    """Run the command, as a user would."""
    command = [
        sys.executable, "-m", "cellwall", "audit", "--url", url, "--openapi", target.openapi,
        "--format", "json", "--fail-on", "never", "--seed", str(seed), "--focus", "isolation",
        *(part for each in target.requests for part in ("--request", each)),
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(command, cwd=empty, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{target.name}: {done.stderr[-2000:]}")
    report = json.loads(done.stdout)
    confirmed = [each for each in report["findings"] if each["verdict"] == "confirmed"]
    found = sorted({each["target"] for each in confirmed} & set(target.documented))
    others = sorted({f"{each['kind']} {each['target']}" for each in confirmed if each["target"] not in found})
    return Measured(
        found,
        others,
        report["counts"]["exposed"],
        report["coverage"]["share"],
        report["requests"],
        report["seconds"],
    )


def by_schemathesis(target: Target, url: str, seconds: int, environments: Path, *, pinned: bool) -> int:
    """Give the peer its best case: two users that exist, have objects, and are named as peers.

    `pinned` names alice's own objects to it, as values of the parameters. What destroys the service's data by
    a GET is left out. Gives how many of the documented bugs it reports.
    """
    tokens, pins = asyncio.run(_seeded(url, target.openapi))
    python = python_with([PEER], environments)
    with tempfile.TemporaryDirectory() as folder:
        users = [
            {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}
            for name, token in tokens.items()
        ]
        (Path(folder) / "auth.json").write_text(json.dumps({"auth": users}))
        lines = ["[auth.wfc]", 'path = "auth.json"', 'peers = ["alice", "bob"]']
        if pinned:
            lines += [
                "[parameters]",
                *(f'"path.{name}" = {json.dumps(value)}' for name, value in pins.items()),
            ]
        (Path(folder) / "schemathesis.toml").write_text("\n".join(lines) + "\n")
        command = [
            str(python.with_name("schemathesis")), "run", url + target.openapi, "--url", url, "--checks",
            "object_level_authorization", "--max-time", str(seconds), "--continue-on-failure", "--no-color",
            "--exclude-path-regex", "createdb|logout",
        ]  # fmt: skip
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if "SUMMARY" not in done.stdout:
        raise RuntimeError(f"schemathesis: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    failed = set(re.findall(r"^_+ ([A-Z]+ /\S*) _+$", done.stdout, re.MULTILINE))
    return len(failed & set(target.documented))


async def _seeded(url: str, openapi: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Sign two users up, let both make what they can; give their tokens, and the values in alice's paths."""
    transport = UrlTransport(destination(url))
    try:
        described = await transport.send(Request("GET", openapi))
        at = await prepared(AuditPlan(read_openapi(described.json), seed=int(time.time())), transport)
        tokens = {name: bearer(actor) for name, actor in at.lab.actors.items()}
        own = [call.path for (_, owner), call in at.lab.own.items() if owner == "alice"]
        return tokens, {name: value for path in own for name, value in path.items()}
    finally:
        await transport.aclose()


def main() -> int:
    """Measure; 0 where nine in ten documented bugs are found, and no fixed twin has a confirmed one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, default=Path(os.environ.get("AUDIT_TARGETS", "targets")))
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--schemathesis", type=int, default=0, metavar="SECONDS", help="measure it too")
    parser.add_argument("--write", type=Path, default=PAGE)
    options = parser.parse_args()
    wanted = [each for each in targets() if not options.only or each.name in options.only]
    missing = [each for each in wanted if not (options.sources / each.folder).is_dir()]
    for each in missing:
        print(f"{each.name}: not there; clone {each.repository} into {options.sources}", file=sys.stderr)
    environments = options.sources / ".environments"
    table = {}
    for target in (each for each in wanted if each not in missing):
        with running(target, options.sources, environments) as url:
            measured = audited(target, url, options.seed)
        if options.schemathesis and target.documented:
            counts = []
            for pinned in (False, True):
                with running(target, options.sources, environments) as url:
                    counts.append(
                        by_schemathesis(target, url, options.schemathesis, environments, pinned=pinned)
                    )
            measured = replace(measured, peer=f"{counts[0]}, {counts[1]} pinned")
        table[target.name] = (target, measured)
        print(f"{target.name}: {measured}", flush=True)
    if not options.only and not missing:
        write(options.write, table)
    documented = sum(len(target.documented) for target, _ in table.values())
    found = sum(len(measured.found) for _, measured in table.values())
    alarms = sum(len(measured.others) for target, measured in table.values() if not target.documented)
    print(f"{found} of {documented} documented bugs confirmed; {alarms} alarms on what is fixed")
    return int(bool(missing) or found < 0.9 * documented or alarms > 0)


def write(page: Path, table: dict[str, tuple[Target, Measured]]) -> None:
    """Put the table into the page, between its marks."""
    lines = [
        "| target | documented | confirmed | others confirmed | exposed | ids probed | requests | s "
        "| schemathesis |",
        "|---" * 9 + "|",
    ]
    for name, (target, it) in table.items():
        others = "; ".join(f"`{each}`" for each in it.others) or "none"
        lines.append(
            f"| {name} | {len(target.documented)} | {len(it.found)} | {others} | {it.exposed} "
            f"| {it.coverage:.0%} | {it.requests} | {it.seconds:.0f} | {it.peer or '-'} |"
        )
    text = page.read_text()
    before, _, rest = text.partition(BEGIN)
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    sys.exit(main())
