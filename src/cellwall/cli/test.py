"""`cellwall test`: runs the project's tests by category, over real services, those for one user as many."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

import click

from cellwall.cli.main import Refused
from cellwall.project.config import load_project
from cellwall.project.services import load_services
from cellwall.testing.session.session import Wanted, run_session


@click.command(
    short_help="Run the tests, those for one user as many.",
    context_settings={"ignore_unknown_options": True},
)
@click.option(
    "--repo", type=click.Path(path_type=Path), help="The repository; default: the folder you are in."
)
@click.option(
    "--category", "categories", multiple=True, help="Only tests of this folder or marker; repeatable."
)
@click.option(
    "--concurrent-users", type=click.IntRange(0), help="Run tests that take user_context as N users."
)
@click.option("--real-services", is_flag=True, help="Start PostgreSQL and Redis, or take the given ones.")
@click.option(
    "--python",
    type=click.Path(path_type=Path),
    help="What runs the tests; default: the project's interpreter.",
)
@click.option("--junit", type=click.Path(path_type=Path), help="Write JUnit's XML here.")
@click.option("--json", "json_", type=click.Path(path_type=Path), help="Write the outcomes here as JSON.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the outcomes here as a page.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(  # noqa: PLR0917 - click passes them by name
    repo: Path | None,
    categories: tuple[str, ...],
    concurrent_users: int | None,
    real_services: bool,
    python: Path | None,
    junit: Path | None,
    json_: Path | None,
    html: Path | None,
    arguments: tuple[str, ...],
) -> None:
    """Run the tests; ARGUMENTS are pytest's own.

    The category `isolation` has all tests that take `user_context` too. Exit status: pytest's own; 2 as well
    where a real service cannot be had, which is never replaced by something else.
    """
    root = Path(os.path.abspath(repo or Path.cwd()))  # noqa: PTH100  # links kept
    project = load_project(root, python=python)
    documents = {"junit": junit, "json": json_, "html": html}
    wanted = Wanted(
        root=root,
        python=project.python,
        categories=categories,
        users=concurrent_users,
        arguments=(*project.tests.arguments, *arguments),
        services=load_services(root) if real_services else None,
        documents={name: Path.cwd() / path for name, path in documents.items() if path is not None},
    )
    for path in wanted.documents.values():
        if not path.parent.is_dir():
            raise Refused(f"{path}: there is no such folder")
    signal.signal(signal.SIGTERM, _end)
    sys.exit(run_session(wanted, lambda line: click.echo(f"cellwall test: {line}", err=True)))


def _end(number: int, _: FrameType | None) -> None:
    """End as if by an exception, so that servers are stopped on the way out."""
    sys.exit(128 + number)
