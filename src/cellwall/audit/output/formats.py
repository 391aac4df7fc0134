"""The formats by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from cellwall.audit.output.html import html_text
from cellwall.audit.output.sarif import sarif_text
from cellwall.audit.output.text import text_lines

FORMATS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = MappingProxyType(
    {
        "text": lambda record: "\n".join(text_lines(record)),
        "html": html_text,
        "json": lambda record: json.dumps(record, indent=1),
        "sarif": sarif_text,
    }
)
