"""Runs what `cellwall audit` was asked for: the application at hand or behind a URL, and the static part."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from cellwall.audit.accepted import read_accepted, with_accepted
from cellwall.audit.account_passes import run_passes
from cellwall.audit.asgi_transport import AsgiTransport
from cellwall.audit.audit_run import AuditPlan, Result
from cellwall.audit.changed import changed_operations, changed_since, on_changed_lines
from cellwall.audit.coverage import Coverage
from cellwall.audit.discovery import Discovered, discover
from cellwall.audit.errors import NotReachedError
from cellwall.audit.explored_bleed import explored_bleed
from cellwall.audit.finding import Finding
from cellwall.audit.load_app import load_app
from cellwall.audit.loopback import destination
from cellwall.audit.report import AuditReport, ordered
from cellwall.audit.static.database import database_findings
from cellwall.audit.static.dependencies import dependency_findings, installed
from cellwall.audit.static.source_rules import source_findings
from cellwall.audit.transport import Transport
from cellwall.audit.url_transport import UrlTransport
from cellwall.cli.audit_options import AuditOptions
from cellwall.cli.audit_retest import with_retest
from cellwall.cli.audit_users import member_kind, other_kinds
from cellwall.project.config import load_project
from cellwall.testing.clients.lifespan import lifespan


def make_report(options: AuditOptions) -> AuditReport:
    """Audit, and give the report.

    Raises:
        AuditError: it cannot start.
    """
    started = time.monotonic()
    accepted = _accepted(options)
    target = options.url or options.app
    result, notes = Result((), Coverage((), ()), True, 0, ()), tuple[str, ...]()
    if target:
        with contextlib.redirect_stdout(sys.stderr):  # the application may print; the report is ours
            result, notes, plan = asyncio.run(_dynamic(options))
            if options.schedules:
                known = {each.target for each in result.findings}
                more, words = explored_bleed(
                    lambda: load_app(options.app, options.root),
                    plan,
                    schedules=options.schedules,
                    known=known,
                )
                result = replace(result, findings=(*result.findings, *more))
                notes = (*notes, words)
    findings = [with_retest(each, options) for each in result.findings]
    changed = changed_since(options.root, options.since) if options.since else None
    static, looked_at = _static(options)
    findings += static if changed is None else on_changed_lines(static, changed)
    findings = with_accepted(findings, accepted)
    return AuditReport(
        target or str(options.root.name),
        options.seed,
        ordered(findings),
        result.coverage,
        dynamic=bool(target),
        users_usable=result.users_usable,
        requests=result.requests,
        seconds=time.monotonic() - started,
        notes=(*notes, *result.notes),
        static=looked_at,
        focus=options.focus,
    )


def _accepted(options: AuditOptions) -> frozenset[str]:
    """Read the baseline before anything is asked of the application."""
    if options.baseline is None or options.write_baseline:
        return frozenset()
    return read_accepted(options.baseline)


def _static(options: AuditOptions) -> tuple[list[Finding], tuple[str, ...]]:
    """Look at the code and the installed packages of the project."""
    project = load_project(options.root)
    parts = [
        source_findings(options.root, isolation_only=options.focus == "isolation"),
        dependency_findings(installed(project.python)),
    ]
    if options.config.database:
        url = os.environ.get(options.config.database)
        if not url:
            raise NotReachedError(f"${options.config.database} is not set: it should hold the database's URL")
        parts.append(asyncio.run(database_findings(url, remote=options.remote, allowed=options.allowed)))
    return [each for found, _ in parts for each in found], tuple(words for _, words in parts)


async def _dynamic(options: AuditOptions) -> tuple[Result, tuple[str, ...], AuditPlan]:
    async with _transport(options) as (transport, app):
        config = options.config
        found = await discover(
            transport,
            root=options.root,
            app=app,
            openapi=options.openapi or config.openapi,
            requests=(*options.requests, *config.requests),
            channels=(*options.channels, *config.channels),
            skip=(*options.skip, *config.skip),
        )
        plan = _plan(options, found)
        if options.since:
            changed = changed_operations(found.operations, changed_since(options.root, options.since))
            plan = replace(plan, only=changed if plan.only is None else plan.only & (changed or plan.only))
        result = await run_passes(plan, other_kinds(options), transport, app=app)
        return result, found.notes, plan


@asynccontextmanager
async def _transport(options: AuditOptions) -> AsyncIterator[tuple[Transport, Any]]:
    if options.url:
        url = UrlTransport(destination(options.url, remote=options.remote, allowed=options.allowed))
        try:
            yield url, None
        finally:
            await url.aclose()
        return
    app = load_app(options.app, options.root)
    async with lifespan(app):
        yield AsgiTransport(app), app


def _plan(options: AuditOptions, found: Discovered) -> AuditPlan:
    config, member = options.config, member_kind(options)
    return AuditPlan(
        found.operations,
        seed=options.seed,
        depth=options.depth,
        kinds=(member, member),
        values=config.values,
        shared=(*options.shared, *config.shared),
        private=config.private,
        only=frozenset(options.only) if options.only else None,
        channels=found.channels,
    )
