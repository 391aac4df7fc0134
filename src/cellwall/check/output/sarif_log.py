"""The frame of a SARIF 2.1.0 log, for whoever writes one: one run, its accepted results, paths as URIs.

The format: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, 2020.
"""

import json
from typing import Any, Final
from urllib.parse import quote

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_log(run: dict[str, Any]) -> str:
    """Give the log with one run, as JSON."""
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def mark_accepted(result: dict[str, Any]) -> None:
    """Note that a baseline has the result."""
    result["baselineState"] = "unchanged"
    result["suppressions"] = [{"kind": "external", "justification": "accepted by the baseline"}]


def location(path: str, region: dict[str, int]) -> dict[str, Any]:
    """Give a place in a file."""
    return {"physicalLocation": {"artifactLocation": {"uri": uri(path)}, "region": region}}


def uri(path: str) -> str:
    """Give a relative path as a URI reference."""
    return quote(path.encode("utf-8", "surrogateescape"))
