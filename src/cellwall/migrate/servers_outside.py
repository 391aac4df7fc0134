"""Servers for a command behind walls: started outside, reached over sockets in the file system."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from cellwall.project.errors import ConfigError
from cellwall.project.services import load_services
from cellwall.testing.services import ServerUnavailableError, running_postgres
from cellwall.testing.session.real_services import GIVEN, NAMES

VARIABLE: Final = GIVEN["postgres"]
# What `cellwall test` says of each server on stderr, with the version that the server told.
SERVER_LINE: Final = re.compile(rf"^cellwall test: ((?:{'|'.join(NAMES.values())}) [\d.]+)", re.MULTILINE)


@contextmanager
def servers_outside(root: Path) -> Iterator[Mapping[str, str]]:
    """Start PostgreSQL where the project wants one and names none; give the variable that tells its URL.

    Where this process is root, PostgreSQL runs as another account, which nobody can become behind the walls;
    Redis starts behind them. What cannot be had here is not given, and the command says itself what it lacks.
    """
    with ExitStack() as stack:
        given = {VARIABLE: os.environ[VARIABLE]} if VARIABLE in os.environ else {}
        with suppress(ServerUnavailableError, ConfigError):
            wanted = [each for each in load_services(root) if each.kind == "postgres" and not each.url]
            if wanted and not given:
                given = {VARIABLE: stack.enter_context(running_postgres()).url(driver=wanted[0].driver)}
        yield given
