"""The objects that two users share though they must not."""

from cellwall.sharing.globals_watch import Change, GlobalsWatch, held_by_globals
from cellwall.sharing.profile import Profile, always
from cellwall.sharing.profiles import all_profiles
from cellwall.sharing.shared import SharedObject, assert_isolated, shared_objects
from cellwall.sharing.snapshot import Place

__all__ = [
    "Change",
    "GlobalsWatch",
    "Place",
    "Profile",
    "SharedObject",
    "all_profiles",
    "always",
    "assert_isolated",
    "held_by_globals",
    "shared_objects",
]
