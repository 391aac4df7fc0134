"""Messages between processes as bytes, and channels as names that no user id can bend. No I/O."""

import hashlib
import json
import re
from typing import Any, Final

from cellwall.runtime.websocket.broker import Message

VERSION: Final = 1
_PREFIX: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def channel_of(prefix: str, user_id: str) -> str:
    """Give the channel of one user: a digest, so that `*`, `:`, line ends and the like in an id mean nothing.

    Raises:
        ValueError: the prefix is not made of letters, digits, `_` and `-`.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"a channel's prefix is made of 1-64 letters, digits, _ and -, not {prefix!r}")
    digest = hashlib.sha256(user_id.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{prefix}:user:{digest}"


def encode_message(message: Message) -> bytes:
    """Give a message as bytes."""
    fields = [VERSION, message.owner, message.origin, message.number, message.target, message.text]
    return json.dumps(fields, separators=(",", ":")).encode("ascii")


def decode_message(data: bytes) -> Message:
    """Read a message.

    Raises:
        ValueError: these bytes are no message of this version.
    """
    try:
        fields = json.loads(data)
        match fields:
            case [1, str(owner), str(origin), int(number), None | str() as target, str(text)]:
                if isinstance(_event_in(text), dict) and not isinstance(number, bool):
                    return Message(owner, origin, number, target, text)
    except RecursionError as error:
        raise ValueError("a message that is nested too deeply") from error
    raise ValueError("not a message of this version")


def _event_in(text: str) -> Any:
    """Read what other readers would get: what is no JSON here must not reach into an envelope."""
    if not text.isascii():
        raise ValueError("an event travels as ASCII")
    return json.loads(text, parse_constant=_refuse)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
