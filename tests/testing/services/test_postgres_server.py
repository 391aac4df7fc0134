"""PostgreSQL starts as another account, also from binaries that lie in a folder closed to it."""

import os
import shutil
from pathlib import Path

import pytest

from cellwall.testing.services import (
    RunningPostgres,
    ServerUnavailableError,
    postgres_server,
    running_postgres,
)
from cellwall.testing.services.kept import reachable


def test_it_listens_on_no_port(mortal_postgres: RunningPostgres) -> None:
    lines = (mortal_postgres.server.folder / "data" / "postmaster.pid").read_text().splitlines()
    assert lines[4] == str(mortal_postgres.server.folder)
    assert lines[5].strip() == ""  # the address it listens on


def test_binaries_that_the_account_cannot_reach_are_copied(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid():
        pytest.skip("only root runs a server as another account")
    try:
        binaries = postgres_server._binaries()
    except ServerUnavailableError as error:
        pytest.skip(str(error))
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    package = binaries.parent.parent
    copy = closed / package.name
    shutil.copytree(binaries.parent, copy / "pginstall", ignore=shutil.ignore_patterns("include"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, closed / libraries.name)
    monkeypatch.setattr(postgres_server, "_binaries", lambda: copy / "pginstall" / "bin")
    assert not reachable(copy, 65534)
    with running_postgres() as server:
        assert (server.server.folder / "installed").exists()
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not server.server.folder.exists()
