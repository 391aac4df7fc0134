"""Gates for rules about services: what a file must spell before a rule can find something there.

Each is looked for on the raw bytes, and lets through every file in which the rule's own question, asked of
the syntax tree, can be answered with yes.
"""

from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import CLOSED, GAP, OPENED
from cellwall.check.gate import Gate
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
_BASE: Final = (deferred(rb"Task(?<!\wTask)\b"), deferred(rb"Controller(?<!\wController)\b"))
_GIVER: Final = deferred(rb"def[\s\\]++(?:__new__|get_instance|getInstance|instance|shared)\b")
_STATE: Final = deferred(rb"app(?:lication)?" + CLOSED + rb"\." + GAP + rb"state" + CLOSED + rb"\.")
# A name that is given what the call of a name gives, at the left margin or behind another statement there.
_MADE: Final = (
    rb"\(?[ \t]*+[\w\x80-\xff]++"
    + CLOSED
    + rb"(?::[^\n]*?)?=(?!=)"
    + OPENED
    + rb"([\w\x80-\xff]++)"
    + CLOSED
    + rb"\("
)
_MADE_AT_MARGIN: Final = deferred(rb"\n(?=[\w\x80-\xff(])" + _MADE)
_MADE_AFTER: Final = deferred(rb";[\s\\]*+" + _MADE)
_LONG_ANNOTATION: Final = deferred(  # it goes on below
    rb"\n[\w\x80-\xff]++" + CLOSED + rb":(?:[^\n=\[]*\[[^\]\n=]*|[^\n=]*\\)\n"
)
_CLASS: Final = deferred(rb"class" + GAP + rb"([\w\x80-\xff]++)")


def handles_requests() -> Gate:
    """Let through files in which `request_handlers` may find a function."""
    tokens = [token for framework in frameworks() for token in framework.TOKENS]
    return Gate.any_of(*sorted(tokens, key=lambda token: not isinstance(token, bytes)))  # dear ones last


def may_outlive_requests(source: bytes) -> bool:
    """Tell whether there may be a class of which `class_lifetime` says that it lives with the service."""
    if b"\r" in source or b"\f" in source or any(word in source for word in _WORDS):
        return True
    if (b"receive" in source and b"scope" in source) or b"singleton" in source.lower():
        return True
    if (b"instance" in source and _GIVER.search(source)) or any(base.search(source) for base in _BASE):
        return True
    if _STATE.search(source) or _LONG_ANNOTATION.search(source):
        return True
    return not _made_on_import(source).isdisjoint(_CLASS.findall(source))


def _made_on_import(source: bytes) -> set[bytes]:
    """Give the names of what the module may call for a value that it keeps."""
    made = set(_MADE_AT_MARGIN.findall(b"\n" + source.removeprefix(BOM)))
    return made | set(_MADE_AFTER.findall(source)) if b";" in source else made
