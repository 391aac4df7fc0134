"""Makes what an application answered fit to be shown: no tokens, no control characters, not too long."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|(?i:bearer)\s+[\w.~+/=-]{12,}")
_SECRET: Final = re.compile(
    r'("(?:[\w-]*(?:token|secret|api[_-]?key|cookie|hash))"\s*:\s*")([^"]{12,})(")', re.IGNORECASE
)


def redacted(text: str, *, most: int = 400) -> str:
    """Give the text with tokens and secrets left out, control characters written out, and its end cut off.

    What the audit made itself, canaries and passwords of its users, stays: it is the evidence.
    """
    text = _TOKEN.sub("<token>", text[: most * 20])
    text = _SECRET.sub(
        lambda match: match[0] if "zqcwx7" in match[2] else f"{match[1]}<secret>{match[3]}", text
    )
    shown = "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text[:most]
    )
    return shown + (" ..." if len(text) > most else "")
