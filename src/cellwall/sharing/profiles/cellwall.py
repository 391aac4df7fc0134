"""Cellwall's own building blocks: what keeps owners apart is for all, a context is its request's."""

from __future__ import annotations

from typing import Final

from cellwall.runtime.isolation.shareable import MADE_FOR_ALL
from cellwall.sharing.profile import Profile, always

PROFILE: Final = Profile(
    "cellwall",
    made_for_all={name: why for name, why in MADE_FOR_ALL.items() if name.startswith("cellwall.")},
    per_user={"cellwall.runtime.context.UserExecutionContext": always("the context of one request")},
)
