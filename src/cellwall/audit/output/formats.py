"""The formats by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from cellwall.audit.output.text import text_lines

FORMATS: Final = ("text", "json")


def written(form: str, record: Mapping[str, Any]) -> str:
    """Give the report in a format."""
    if form == "json":
        return json.dumps(record, indent=1)
    return "\n".join(text_lines(record))
