"""The trailer that ties a commit to the batch it merges: `Cellwall-Item: <id>`."""

import re
from typing import Final

TRAILER: Final = re.compile(r"^Cellwall-Item: ([A-Za-z0-9._/-]+)$", re.MULTILINE)


def message_with_trailer(subject: str, item: str, body: str = "") -> str:
    """Give a commit message that ends with the item's trailer."""
    text = f"{body.strip()}\n\n" if body.strip() else ""
    return f"{' '.join(subject.split())}\n\n{text}Cellwall-Item: {item}\n"


def item_of(message: str) -> str:
    """Give the item of a message's last paragraph, or ""."""
    last = message.strip().rpartition("\n\n")[2]
    found = TRAILER.findall(last)
    return found[-1] if found else ""
