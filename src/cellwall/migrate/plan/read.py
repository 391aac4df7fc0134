"""Reads a plan's bytes from disk and makes them text that is safe to show; understands none of it."""

import hashlib
import re
import stat
from pathlib import Path
from typing import Final

from cellwall.migrate.plan.fault import fault

MAX_BYTES: Final = 512 << 10
# Control characters, and those that reorder what people see: neither belongs into a text that is shown.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def read_text(path: Path) -> tuple[str, str]:
    """Give the file's text, checked by `clean_text`, and the SHA-256 of its bytes.

    Raises:
        PlanError: there is no such file, or it is no text of at most MAX_BYTES in UTF-8.
    """
    content = _read_bytes(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise fault(str(path), line, "is not UTF-8 text; a plan is a Markdown file") from error
    return clean_text(text, str(path)), hashlib.sha256(content).hexdigest()


def clean_text(text: str, path: str) -> str:
    """Give the text with line ends made "\\n".

    Raises:
        PlanError: it is empty, too long, or has control characters.
    """
    text = re.sub("\r\n?", "\n", text)
    if len(text) > MAX_BYTES:
        raise _too_large(path)
    if not text.strip():
        raise fault(path, 1, "the plan is empty")
    if found := _UNSHOWABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise fault(path, line, f"has the control character U+{ord(found[0]):04X}; remove it")
    return text


def _read_bytes(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise fault(str(path), 1, "is no file; a plan is a Markdown file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise fault(str(path), 1, f"cannot be read: {reason}") from error
    if len(content) > MAX_BYTES:
        raise _too_large(str(path))
    return content


def _too_large(path: str) -> Exception:
    return fault(path, 1, f"is longer than {MAX_BYTES >> 10} KiB; a plan is a document for people")
