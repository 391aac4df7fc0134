"""One file for each library that needs one; the folder is the registry."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from cellwall.sharing.profile import Profile


def all_profiles() -> tuple[Profile, ...]:
    """Give the `PROFILE` of each file of this folder."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}").PROFILE for name in names)
