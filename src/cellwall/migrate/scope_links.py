"""Refuses scopes that leave the repository through a symbolic link. Looks at links only; reads no file."""

import errno
from pathlib import Path

from cellwall.migrate.plan.fault import fault
from cellwall.migrate.plan.model import Plan


def refuse_outside_links(plan: Plan, root: Path) -> None:
    """Check the folders that the plan's globs spell out.

    Raises:
        PlanError: one of them is, or goes through, a symbolic link that leads out of `root`.
    """
    for agent in plan.agents:
        for glob in agent.scope:
            if link := _outside_link(glob.text, root):
                message = f"the scope {glob.text!r} leaves the repository by the symbolic link {link!r}"
                raise fault(plan.path, glob.line, message)


def _outside_link(glob: str, root: Path) -> str | None:
    top = root.resolve()
    place = root
    for name in glob.split("/"):
        if set(name) & set("*?[\\"):
            return None
        place /= name
        if place.is_symlink() and not _target(place).is_relative_to(top):
            return place.relative_to(root).as_posix()
    return None


def _target(link: Path) -> Path:
    try:
        link.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:  # a loop leads nowhere
            return Path("/")
    return link.resolve()
