"""What no evaluator can measure, and what is missing for it: a report says more than "not measured"."""

from typing import Final

from cellwall.migrate.terms import Terms

GAPS: Final = (
    (
        Terms((("document", "docstring", "comment"),), never=("test", "fixture", "suite")),
        "nobody read what is documented",
    ),
    (
        Terms((("maintainab", "readab", "clear pattern", "understandab"),), never=("consisten", "same ")),
        "whether code is clear is for its readers to judge",
    ),
    (Terms((("pentest", "pen test"),)), "no pentest was part of the run"),
    (Terms((("stress", "load test", "exhaustion"),)), "no load test was part of the run"),
)


def missing(text: str) -> list[str]:
    """Give what is missing to judge the text; empty when nothing in it is known to be out of reach."""
    return [reason for terms, reason in GAPS if terms.cover(text)]
