"""Where secrets usually lie on a machine, so that walls can hide them. Paths only; reads none of them."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_IN_HOME: Final = (
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".kube",
    ".docker",
    ".netrc",
    ".git-credentials",
    ".pypirc",
    ".npmrc",
    ".yarnrc",
    ".pgpass",
    ".my.cnf",
    ".vault-token",
    ".terraform.d",
    ".password-store",
    ".mozilla",
    ".config/gcloud",
    ".config/gh",
    ".config/hub",
    ".config/op",
    ".config/git/credentials",
    ".config/pip",
    ".config/google-chrome",
    ".config/chromium",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".local/share/keyrings",
    ".local/share/kwalletd",
    ".bash_history",
    ".zsh_history",
    ".python_history",
    ".psql_history",
)
_ON_MACHINE: Final = ("/run", "/var/run", "/etc/shadow", "/etc/sudoers", "/etc/ssh", "/var/lib/docker")


def secret_places(home: Path, needed: Sequence[Path]) -> tuple[str, ...]:
    """Give the existing places, but none that holds something in `needed` (interpreter, workspaces)."""
    keep = [os.path.realpath(path) for path in needed]
    found = []
    for place in (*(home / name for name in _IN_HOME), *map(Path, _ON_MACHINE)):
        real = os.path.realpath(place)
        is_needed = any(path == real or path.startswith(real + os.sep) for path in keep)
        if Path(real).exists() and real not in found and not is_needed:
            found.append(real)
    return tuple(found)
