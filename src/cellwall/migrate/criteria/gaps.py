"""What no evaluator can measure, and what is missing for it: a report says more than "not measured"."""

from typing import Final

from cellwall.migrate.terms import Terms

GAPS: Final = (
    (
        Terms((("overhead", "performance", "latency", "throughput", "slower", "faster", "millisecond"),)),
        "no benchmark compared requests with and without isolation",
    ),
    (
        Terms((("document", "docstring", "explain", "comment"),)),
        "nobody read whether the tests say how they isolate",
    ),
    (
        Terms((("maintainab", "readab", "consisten", "clear pattern", "understandab"),)),
        "whether code is clear is for its readers to judge",
    ),
    (Terms((("audit", "pentest", "pen test", "security bound"),)), "no security audit was part of the run"),
    (Terms((("stress", "load test", "exhaustion"),)), "no load test was part of the run"),
)


def missing(text: str) -> list[str]:
    """Give what is missing to judge the text; empty when nothing in it is known to be out of reach."""
    return [reason for terms, reason in GAPS if terms.cover(text)]
