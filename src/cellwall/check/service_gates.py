"""Gates for rules about services: what a file must spell before a rule can find something there.

Each is looked for on the raw bytes, and lets through every file in which the rule's own question, asked of
the syntax tree, can be answered with yes.
"""

from typing import Final

from cellwall.check.closer_look import CloserLook
from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import CLOSED, GAP, GOES_ON_BELOW, OPENED, in_any_case
from cellwall.check.gate import Gate, Token
from cellwall.check.lines import BOM
from cellwall.check.request_handlers import frameworks

# What `class_lifetime` knows by name: base classes, and parameters of applications and middleware.
_WORDS: Final = (
    b"BaseHTTPMiddleware",
    b"MiddlewareMixin",
    b"ModelAdmin",
    b"AsyncNamespace",
    b"start_response",
    b"get_response",
)
# Each pattern begins with a text that is looked for fast: they go through every service.
_PATTERNS: Final = (
    deferred(rb"Task(?<!\wTask)\b"),
    deferred(rb"Controller(?<!\wController)\b"),
    deferred(rb"app(?:lication)?" + CLOSED + rb"\." + GAP + rb"state" + CLOSED + rb"\."),
)
_GIVER: Final = deferred(rb"def[\s\\]++(?:__new__|get_instance|getInstance|instance|shared)\b")
# A name that is given what the call of a name gives, at the left margin or behind another statement there.
_NAME: Final = rb"\(?[ \t]*+[\w\x80-\xff]++(?=[\s\\)]*+[#:=])" + CLOSED
_MADE: Final = rb"(?::[^\n]*?)?=(?!=)" + OPENED + rb"([\w\x80-\xff]++)" + CLOSED + rb"\("
_MADE_AT_MARGIN: Final = deferred(
    rb"\n(?=[\w\x80-\xff(])" + _NAME + rb"(?:" + _MADE + rb"|" + GOES_ON_BELOW + rb")"
)
_MADE_AFTER: Final = deferred(rb";[\s\\]*+" + _NAME + _MADE)
_CLASS: Final = deferred(rb"class" + GAP + rb"([\w\x80-\xff]++)")


def handles_requests(*others: Token) -> Gate:
    """Let through files in which `request_handlers` may find a function, and those with one of the others."""
    tokens = [token for framework in frameworks() for token in framework.TOKENS]
    return Gate.any_of(
        *others, *sorted(tokens, key=lambda token: not isinstance(token, bytes))
    )  # dear ones last


def _is_called_by_server(source: bytes) -> bool:
    return b"receive" in source and b"scope" in source


def _keeps_own(source: bytes) -> bool:
    """Tell whether a class of the file may be made, and kept, when the module is imported."""
    made = _made_on_import(source)
    return bool(made) and (b"" in made or not made.isdisjoint(_CLASS.findall(source)))


def _made_on_import(source: bytes) -> set[bytes]:
    """Give the names of what the module may call for a value that it keeps, "" for one that is not seen."""
    made = set(_MADE_AT_MARGIN.findall(b"\n" + source.removeprefix(BOM)))
    return made | set(_MADE_AFTER.findall(source)) if b";" in source else made


# Where one of these stands there may be a class of which `class_lifetime` says that it lives with the
# service. Words stand by themselves: those of a file are looked for together with those of other gates.
MAY_OUTLIVE_REQUESTS: Final[tuple[Token, ...]] = (
    *_WORDS,
    b"\r",
    b"\f",
    CloserLook((b"receive",), _is_called_by_server),
    in_any_case(b"singleton"),
    *_PATTERNS,
    _GIVER,
    _keeps_own,
)
