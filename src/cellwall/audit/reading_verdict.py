"""Decides how sure and how bad it is that an answer shows what is alice's."""

from __future__ import annotations

from cellwall.audit.confirmed import PRIVATE_TO_ALL
from cellwall.audit.exchange import Exchange
from cellwall.audit.finding import Finding, Severity, Verdict
from cellwall.audit.investigation import Investigation
from cellwall.audit.judge import excerpt, is_sensitive, keys_with, secret_fields
from cellwall.audit.operation import Operation
from cellwall.audit.weaknesses import WEAKNESSES


def reading_finding(
    at: Investigation,
    weakness: str,
    operation: Operation,
    detail: str,
    *,
    exchange: Exchange,
    values: set[str],
    open_to_all: Exchange | None,
    owned: Exchange | None,
) -> Finding | None:
    """Give the finding for an answer that shows alice's `values`; None where that is declared as shared.

    What everybody is shown without credentials is a question, not a leak, unless the application itself
    guards the same values elsewhere, or it is asked for by an id and is nobody else's business.
    """
    if at.sharing.covers(operation.key):
        return None
    fields = keys_with(exchange.response, values)
    if fields and not at.sharing.without_shared_fields(fields):
        return None
    secrets = secret_fields(exchange.response, values)
    is_open = open_to_all is not None and open_to_all.response.ok
    contradicts = bool(values & at.guarded)
    by_id = weakness != "list-leak"
    private = by_id and is_sensitive(exchange.response) and not values <= at.public
    told = at.sharing.keeps_private(operation.key)
    exposed = is_open and not contradicts and not private and not told
    shown = ", ".join(sorted(fields)) or "values that only alice has"
    who = "bob, and anybody without credentials," if is_open else "bob"
    kind = "public-data" if exposed else weakness
    severity, reason = _severity(exposed=exposed, secrets=secrets, is_open=is_open)
    exchanges = [each for each in (owned, exchange, open_to_all if is_open else None) if each is not None]
    return Finding(
        WEAKNESSES[kind],
        operation.key,
        detail,
        severity,
        reason,
        Verdict.EXPOSED if exposed else Verdict.CONFIRMED,
        f"{who} was shown alice's {shown}: {excerpt(exchange.response, values)}",
        tuple(exchanges),
        operation.place,
    )


def _severity(*, exposed: bool, secrets: set[str], is_open: bool) -> tuple[Severity, str]:
    if secrets:
        return (
            Severity.HIGH if exposed else Severity.CRITICAL,
            f"credentials are shown ({', '.join(sorted(secrets))})",
        )
    if exposed:
        return Severity.LOW, "everybody may read it, and nothing says that it is not meant"
    if is_open:
        return Severity.CRITICAL, "private data, and not even an account is needed"
    return Severity.HIGH, PRIVATE_TO_ALL
