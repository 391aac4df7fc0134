"""`cellwall audit`: asks a running application, as two users, for what is not theirs; one report."""

import os
from pathlib import Path
from typing import Any

import click

from cellwall.cli.main import Refused
from cellwall.project.number_of import number_of

FORMATS = ("text", "html", "json", "sarif")
SEVERITIES = ("critical", "high", "medium", "low", "info", "never")


@click.command(short_help="Ask an application, as two users, for what is not theirs.")
@click.option(
    "--repo", type=click.Path(path_type=Path), help="The repository; default: the folder you are in."
)
@click.option("--focus", type=click.Choice(("all", "isolation")), default="all", show_default=True,
              help="isolation: what can show one user's data to another, and nothing else.")  # fmt: skip
@click.option(
    "--app", "app", metavar="MODULE:NAME", help="The ASGI application; MODULE:NAME() for a factory."
)
@click.option("--url", help="Where it runs, such as http://127.0.0.1:8000; on this machine.")
@click.option(
    "--remote", is_flag=True, help="The URL may be another machine's, if --allow-host names it too."
)
@click.option("--allow-host", "allowed", multiple=True, metavar="HOST", help="The other machine, by name.")
@click.option(
    "--openapi", multiple=True, metavar="PATH", help="Where its description is: a path of it, or a file."
)
@click.option("--request", "requests", multiple=True, metavar="REQUEST",
              help='What its description leaves out, such as \'POST /notes {"text": {text}}\'.')  # fmt: skip
@click.option("--channel", "channels", multiple=True, metavar="CHANNEL",
              help="A WebSocket, such as '/ws?token={token}'; else unknown behind a URL.")  # fmt: skip
@click.option("--user", "users", multiple=True, metavar="NAME=VARIABLE",
              help="A token in a variable, for alice and for bob, in place of signing up; another name, "
                   "such as admin, is a user of another kind.")  # fmt: skip
@click.option("--sees-others", "see_others", multiple=True, metavar="NAME",
              help="What this kind of user is shown of others is by design.")  # fmt: skip
@click.option("--sign-up", metavar="OPERATION", help='The operation that signs up, such as "POST /register".')
@click.option("--sign-in", metavar="OPERATION", help='The operation that signs in, such as "POST /login".')
@click.option(
    "--shared", multiple=True, metavar="PATTERN", help='What all may see, such as "GET /articles*".'
)
@click.option("--skip", multiple=True, metavar="OPERATION", help="Never call this operation.")
@click.option("--only", multiple=True, metavar="OPERATION", help="Probe only this operation.")
@click.option(
    "--depth", type=click.IntRange(1, 200), default=12, show_default=True, help="Requests an operation."
)
@click.option("--schedules", type=click.IntRange(0, 10_000), default=0, show_default=True,
              help="Run both users at once under so many schedules; for a factory.")  # fmt: skip
@click.option("--seed", type=int, help="Chooses the users' values; default: 0, for a URL another each time.")
@click.option("--min-coverage", type=click.FloatRange(0, 100), default=90.0, show_default=True,
              help="Percent of the operations that take an id to be probed with another user's.")  # fmt: skip
@click.option("--fail-on", type=click.Choice(SEVERITIES), default="medium", show_default=True,
              help="Findings as bad as this, or worse, fail.")  # fmt: skip
@click.option("--baseline", type=click.Path(path_type=Path), help="Findings in this file do not fail.")
@click.option("--write-baseline", is_flag=True, help="Write what is found now to the baseline file.")
@click.option("--since", metavar="REV", default="", help="Only what changed since this revision.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write the report here.")
def command(**given: Any) -> None:
    """Ask an application for other users' data, and report what it gave, with the requests that show it.

    Exit status: 0 nothing found that fails, 1 something found, 2 it could not start, 3 too little was tested
    to call it clean.
    """
    from cellwall.audit.accepted import write_accepted
    from cellwall.audit.errors import AuditError
    from cellwall.audit.finding import Severity
    from cellwall.audit.output.formats import FORMATS as WRITERS
    from cellwall.audit.output.record import report_record
    from cellwall.cli.audit_questions import with_asked
    from cellwall.cli.audit_run import make_report

    floor, fail_on, form, output = (given.pop(key) for key in ("min_coverage", "fail_on", "form", "output"))
    options = _options(given)
    try:
        report = make_report(options)
        if options.write_baseline:
            write_accepted(options.baseline, report.findings)
            click.echo(f"{options.baseline}: {number_of(len(report.findings), 'finding')} accepted", err=True)
            raise SystemExit(0)
        report = with_asked(report, options)
    except AuditError as error:
        raise Refused(str(error)) from error
    text = WRITERS[form](report_record(report, floor))
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")
    raise SystemExit(report.exit_code(None if fail_on == "never" else Severity(fail_on), floor))


def _options(given: dict[str, Any]) -> Any:
    from cellwall.cli.audit_options import AuditOptions
    from cellwall.project.audit_config import load_audit

    root = Path(os.path.abspath(given.pop("repo") or Path.cwd()))  # noqa: PTH100  # links kept
    if not root.is_dir():
        raise Refused(f"{root}: there is no such folder")
    if given["url"] and given["app"]:
        raise Refused("--app and --url: name one of them")
    if given["write_baseline"] and given["baseline"] is None:
        raise Refused("--write-baseline needs --baseline FILE")
    config = load_audit(root)
    texts = {name: given[name] or "" for name in ("url", "sign_up", "sign_in")}
    seed = given["seed"]
    if seed is None:
        seed = int.from_bytes(os.urandom(3)) if given["url"] else 0
    app = given["app"] or ("" if given["url"] else config.app)
    if given["schedules"] and not app.endswith("()"):
        raise Refused("--schedules needs a new application for each: name a factory, --app 'MODULE:NAME()'")
    return AuditOptions(**{**given, **texts, "root": root, "config": config, "seed": seed, "app": app})
