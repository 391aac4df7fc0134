"""Answers that a shared cache may keep though they are one user's, by RFC 9111, sections 3 and 4.1."""

from __future__ import annotations

import re
from typing import final

from cellwall.canary import CanaryBook
from cellwall.testing.probes.exchange import Exchange
from cellwall.testing.probes.finding import Finding
from cellwall.testing.probes.trial import Trial


@final
class CachingProbe:
    """Finds personal answers that say they may be kept for all, and no Vary on what makes them personal."""

    name = "kept for all"

    async def run(self, trial: Trial) -> list[Finding]:
        """Judge the steps in which both asked for the same thing."""
        found = []
        for own, others in trial.steps():
            why = kept_for_all(trial.book, own, others)
            if why and not trial.book.permits(trial.first, trial.second, own.request.place):
                found.append(Finding(self.name, True, trial.first, trial.second, own.request.place, why))
        return found


def kept_for_all(book: CanaryBook, own: Exchange, others: Exchange) -> str:
    """Say why a cache between would give the first user's answer to the second; "" where it would not."""
    if own.request.method != "GET" or own.request.target != others.request.target:
        return ""
    if not own.answer.succeeded or not may_be_kept(own):
        return ""
    personal = own.user in book.owners_in(own.answer.text) or "set-cookie" in dict(own.answer.headers)
    if not personal:
        return ""
    vary = {name.strip().lower() for name in own.answer.header("vary").split(",")}
    differ = {name for name, value in own.request.headers if dict(others.request.headers).get(name) != value}
    differ |= {name for name, _ in others.request.headers} - {name for name, _ in own.request.headers}
    if "*" in vary or vary & differ:
        return ""
    said = own.answer.header("cache-control") or "Expires"
    return f"a shared cache may keep {own.user}'s answer ({said}) for {others.user}: no Vary forbids it"


def may_be_kept(exchange: Exchange) -> bool:
    """Whether the answer says of itself that a shared cache may keep it."""
    said = exchange.answer.header("cache-control").lower()
    if re.search(r"\b(?:private|no-store|no-cache)\b", said):
        return False
    if re.search(r"\bpublic\b", said) or re.search(r"\bs-maxage\s*=\s*[1-9]", said):
        return True
    if any(name == "authorization" for name, _ in exchange.request.headers):
        return False  # section 3.5: only what says so explicitly
    return bool(re.search(r"\bmax-age\s*=\s*[1-9]", said)) or (
        not said and "expires" in dict(exchange.answer.headers)
    )
