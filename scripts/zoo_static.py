"""Runs the checker over published leaks: the vulnerable version of a package, and the fixed one.

Each version is fetched by name with pip, without its dependencies, into a folder of its own; nothing of it
is run. A bug counts as found when an expected rule reports the function in which it was, and as silent when
that function of the fixed version has no such report. A package whose syntax is newer than the Python that
runs this is judged by a newer one, named with `--python` or found on the path; where there is none, its row
says so and does not count.
`python scripts/zoo_static.py [NAME ...] [--folder DIR] [--markdown FILE] [--python PATH ...]`
"""

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cellwall.check.engine import check_source
from cellwall.check.finding import Finding
from cellwall.check.project_facts import collect_facts
from cellwall.check.settings import CheckSettings
from cellwall.check.source_tree import MappingSourceTree


@dataclass(frozen=True, slots=True)
class Leak:
    """A published bug: where it was, and the rules that should see it.

    Attributes:
        package, vulnerable, fixed: what is fetched; an empty package means that `sources` are given here.
        path: the file of the root cause.
        function: the function (or class) of the root cause.
        rules: names of the rules that may see it.
        sources: vulnerable and fixed text where the bug is in the application and not in a package.
    """

    package: str
    vulnerable: str
    fixed: str
    path: str
    function: str
    rules: tuple[str, ...]
    sources: tuple[str, str] = ("", "")


_VIEW = """from django.http import HttpResponse
from django.views.decorators.cache import cache_page
from django.views.decorators.vary import vary_on_headers


@cache_page(60)
{}def me(request):
    return HttpResponse("data of " + request.headers.get("Authorization", "anonymous"))
"""
_SHARED = ("request-kept-on-shared-object", "attribute-across-await")
_CANCEL = ("connection-reused-after-cancel",)
LEAKS = (
    Leak("channels", "3.0.2", "3.0.3", "channels/http.py", "AsgiHandler.__call__", _SHARED),
    Leak("hera", "5.1.4", "5.1.5", "hera/workflows/_context.py", "_HeraContext", ("thread-local-in-async",)),
    Leak(
        "llama-stack",
        "0.3.0",
        "0.3.1",
        "llama_stack/core/utils/context.py",
        "wrapper",
        ("context-variable-without-reset",),
    ),
    Leak(
        "fastapi-proxy-lib",
        "0.0.1b0",
        "0.1.0",
        "fastapi_proxy_lib/core/http.py",
        "BaseHttpProxy.send_request_to_target",
        ("shared-cookie-jar",),
    ),
    Leak(
        "litellm",
        "1.82.6",
        "1.83.0",
        "litellm/proxy/auth/handle_jwt.py",
        "JWTHandler.get_oidc_userinfo",
        ("truncated-identity-key",),
    ),
    Leak("redis", "4.5.2", "4.5.4", "redis/asyncio/client.py", "Redis.execute_command", _CANCEL),
    Leak("redis", "4.5.2", "4.5.3", "redis/asyncio/cluster.py", "ClusterNode.execute_command", _CANCEL),
    Leak("redis", "4.5.3", "4.5.4", "redis/asyncio/client.py", "Redis.execute_command", _CANCEL),
    Leak("aiomysql", "0.0.7", "0.0.8", "aiomysql/connection.py", "Connection._read_packet", _CANCEL),
    Leak(
        "",
        "cache_page",
        "vary_on_headers",
        "views.py",
        "me",
        ("cached-response-of-user",),
        (_VIEW.format(""), _VIEW.format('@vary_on_headers("Authorization")\n')),
    ),
    Leak(
        "pretalx",
        "1.0.1",
        "1.0.2",
        "pretalx/orga/views/speaker.py",
        "SpeakerDetail.mails",
        ("related-query-without-tenant",),
    ),
    Leak(
        "apache-superset",
        "3.0.2",
        "3.0.3",
        "superset/views/base.py",
        "cached_common_bootstrap_data",
        ("memoized-on-user-object",),
    ),
    Leak(
        "mcp",
        "1.27.1",
        "1.27.2",
        "mcp/server/streamable_http_manager.py",
        "StreamableHTTPSessionManager._handle_stateful_request",
        ("session-id-without-owner",),
    ),
    Leak(
        "mcp",
        "1.27.1",
        "1.27.2",
        "mcp/server/sse.py",
        "SseServerTransport.handle_post_message",
        ("session-id-without-owner",),
    ),
)


NOT_JUDGED = "not judged"
NEWER = range(sys.version_info.minor + 1, sys.version_info.minor + 5)  # minor versions of Python to look for


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one leak."""

    leak: Leak
    found: str  # "rule at path:line", "missed: why", or "not judged: why"
    after: str  # "silent", "still reported at path:line", or why it is not known

    @property
    def is_judged(self) -> bool:
        """Tell whether the file could be parsed at all."""
        return not self.found.startswith(NOT_JUDGED)

    @property
    def is_right(self) -> bool:
        """Tell whether it is found, and silent after the fix."""
        return self.is_judged and not self.found.startswith("missed") and self.after == "silent"


def main(arguments: list[str]) -> int:
    """Check the named leaks, print the table, and give 1 when one is missed or still reported."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("names", nargs="*", help="packages; all when none is named")
    parser.add_argument("--folder", type=Path, help="where versions are kept (default: a temporary folder)")
    parser.add_argument("--markdown", type=Path, help="write the table there too")
    parser.add_argument("--python", nargs="*", default=[], help="newer interpreters, for newer syntax")
    parser.add_argument("--json", action="store_true", help="print what was found and what after, as JSON")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="zoo-") as temporary:
        folder = chosen.folder or Path(temporary)
        leaks = [leak for leak in LEAKS if not chosen.names or leak.package in chosen.names]
        outcomes = [outcome(leak, folder) for leak in leaks]
        if chosen.json:
            print(json.dumps([(one.found, one.after) for one in outcomes]))
            return 0
        outcomes = [
            one if one.is_judged else judged_elsewhere(one, folder, chosen.python or newer_pythons())
            for one in outcomes
        ]
    rows = list(table(outcomes))
    print("\n".join(rows))
    right, judged = sum(one.is_right for one in outcomes), sum(one.is_judged for one in outcomes)
    print(f"\n{right} of {judged} found before the fix and silent after it")
    for one in outcomes:
        if not one.is_judged:
            print(f"{one.leak.package} is NOT in this count: {one.found}; name a newer one with --python")
    if chosen.markdown:
        chosen.markdown.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return 0 if right == judged else 1


def newer_pythons() -> Sequence[str]:
    """Give the newer interpreters on the path that run."""
    named = (shutil.which(f"python{sys.version_info.major}.{minor}") for minor in NEWER)
    return [python for python in named if python and _runs(python)]


def _runs(python: str) -> bool:
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def judged_elsewhere(unjudged: Outcome, folder: Path, pythons: Sequence[str]) -> Outcome:
    """Judge a leak by the first newer interpreter that can parse it; the same outcome where there is none.

    The interpreter imports this checker and what it needs from here; nothing is installed into it.
    """
    leak = unjudged.leak
    same = [one for one in LEAKS if one.package == leak.package].index(leak)
    needed = (str(Path(__file__).parents[1] / "src"), sysconfig.get_path("purelib"))
    for python in pythons:
        command = [python, str(Path(__file__).resolve()), leak.package, "--folder", str(folder), "--json"]
        ran = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(needed)},
        )
        if ran.returncode == 0:
            found, after = json.loads(ran.stdout)[same]
            there = Outcome(leak, found, after)
            if there.is_judged:
                return there
    return unjudged


def outcome(leak: Leak, folder: Path) -> Outcome:
    """Check both versions of one leak."""
    before, error = reports(leak, leak.vulnerable, leak.sources[0], folder)
    after, still_error = reports(leak, leak.fixed, leak.sources[1], folder)
    found = error or "missed"
    if before:
        found = f"{before[0].rule} at {before[0].path}:{before[0].line}"
    still = f"still reported at {after[0].path}:{after[0].line}" if after else still_error or "silent"
    return Outcome(leak, found, still)


def reports(leak: Leak, version: str, text: str, folder: Path) -> tuple[list[Finding], str]:
    """Give the reports of the expected rules in the function of the root cause, and why there can be none."""
    if text:
        source = text.encode()
    else:
        path = fetched(leak.package, version, folder) / leak.path
        if not path.is_file():
            return [], f"missed: {leak.path} is not in {leak.package} {version}"
        source = path.read_bytes()
    settings = CheckSettings(rules=leak.rules, preview=True)
    facts = collect_facts(MappingSourceTree({leak.path: source}), settings)
    report = check_source(leak.path, source, settings, facts)
    if report.parse_error is not None:
        here = f"{sys.version_info.major}.{sys.version_info.minor}"
        return [], f"{NOT_JUDGED}: Python {here} cannot parse it: {report.parse_error.message}"
    lines = set(lines_of(ast.parse(source), leak.function))
    return [finding for finding in report.findings if finding.line in lines], ""


def fetched(package: str, version: str, folder: Path) -> Path:
    """Give the folder with one version's files, fetched by name when it is not there."""
    target = folder / f"{package}-{version}"
    if not target.is_dir():
        with tempfile.TemporaryDirectory(prefix="zoo-") as downloads:
            command = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--ignore-requires-python",
            ]
            command += ["--disable-pip-version-check", "--dest", downloads, f"{package}=={version}"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            unpack(next(Path(downloads).iterdir()), target)
    inner = list(target.iterdir())
    nested = target.is_dir() and len(inner) == 1 and inner[0].is_dir() and (inner[0] / "PKG-INFO").exists()
    return inner[0] if nested else target


def unpack(archive: Path, target: Path) -> None:
    """Unpack a wheel or a source archive."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(target)
    else:
        with tarfile.open(archive) as tar:
            tar.extractall(target, filter="data")


def lines_of(tree: ast.Module, name: str) -> Iterator[int]:
    """Give the lines of a function or class, named with the classes around it."""
    *around, last = name.split(".")
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and around == [node.name]:
            for inner in node.body:
                yield from _own_lines(inner, last)
        elif not around:
            yield from _own_lines(node, last)


def _own_lines(node: ast.AST, name: str) -> Iterator[int]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name:
        yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def table(outcomes: list[Outcome]) -> Iterator[str]:
    """Give the table as lines of Markdown."""
    yield "| package | vulnerable -> fixed | root cause | vulnerable version | fixed version |"
    yield "|---|---|---|---|---|"
    for one in outcomes:
        leak = one.leak
        name = leak.package or "a Django view"
        versions = f"{leak.vulnerable} -> {leak.fixed}"
        yield f"| {name} | {versions} | `{leak.function}` | {one.found} | {one.after} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
