"""Writes the command that tests one finding again: the options of this audit, for that operation alone."""

import shlex
from dataclasses import replace
from pathlib import Path

from cellwall.audit.finding import Finding
from cellwall.audit.lab import DEPTH
from cellwall.cli.audit_options import AuditOptions

_REPEATED = {
    "--allow-host": "allowed", "--openapi": "openapi", "--request": "requests", "--channel": "channels",
    "--user": "users", "--sees-others": "see_others", "--shared": "shared", "--skip": "skip",
}  # fmt: skip


def with_retest(finding: Finding, options: AuditOptions) -> Finding:
    """Give the finding with its command, where it is about an operation and has none of its own."""
    if finding.retest or " " not in finding.target:
        return finding
    return replace(finding, retest=retest_command(finding.target, options, Path.cwd()))


def retest_command(target: str, options: AuditOptions, here: Path) -> str:
    """Give the command as it works in the folder `here`, in a shell."""
    words = ["cellwall", "audit"]
    words += ["--repo", str(options.root)] if options.root.resolve() != here.resolve() else []
    words += ["--url", options.url] if options.url else ["--app", options.app]
    words += ["--remote"] if options.remote else []
    words += ["--sign-up", options.sign_up] if options.sign_up else []
    words += ["--sign-in", options.sign_in] if options.sign_in else []
    for option, name in _REPEATED.items():
        words += [word for value in getattr(options, name) for word in (option, value)]
    words += ["--depth", str(options.depth)] if options.depth != DEPTH else []
    words += ["--schedules", str(options.schedules)] if options.schedules else []
    return shlex.join([*words, "--only", target, "--seed", str(options.seed)])
