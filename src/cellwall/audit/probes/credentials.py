"""Signs requests as nobody should: by a forged token, a refresh token, two users' credentials at once."""

from __future__ import annotations

from typing import Any, Final, final

from cellwall.audit.accounts import token_in
from cellwall.audit.actor import Actor
from cellwall.audit.call import Call
from cellwall.audit.confirmed import confirmed
from cellwall.audit.exchange import Exchange, Request
from cellwall.audit.finding import Finding, Severity
from cellwall.audit.forged_token import bearer, forged
from cellwall.audit.investigation import Investigation
from cellwall.audit.operation import Kind, Operation
from cellwall.audit.outcome import NOT_APPLICABLE, Outcome, not_reached, tested
from cellwall.audit.reference import body_fields

NAMING_HEADERS: Final = (
    "x-user", "x-user-id", "x-userid", "x-username", "x-account-id", "x-owner", "x-forwarded-user",
    "x-remote-user",
)  # fmt: skip


KINDS: Final = ("forged-token", "token-kind", "credential-mix")


@final
class Credentials:
    """The operation that says who one is judges them all: it says alice, or it does not."""

    name = "credentials"
    asks = "is a request signed wrongly taken for alice's?"

    async def run(self, at: Investigation, operation: Operation) -> Outcome:
        """Try each way on the operation that tells who asks, and on the one that renews tokens."""
        if operation.kind is Kind.ACCOUNT and "refresh" in operation.path and not at.reported(at.whoami):
            return tested(*await self._renewed(at, operation))
        told = any(each.weakness.name in KINDS for each in at.found)
        if operation.key not in at.telling or at.reported(operation.key) or told:
            return NOT_APPLICABLE
        call = at.lab.own.get((operation.key, at.lab.bob.name))
        if call is None:
            return not_reached("bob was not answered")
        found = [
            *await self._forged(at, operation, call),
            *await self._refresh_token(at, operation, call),
            *await self._mixed(at, operation, call),
        ]
        return tested(*found)

    async def _forged(self, at: Investigation, operation: Operation, call: Call) -> list[Finding]:
        for what, token in forged(at.lab.bob, at.lab.alice):
            exchange = await _signed(at, operation, call, [("authorization", f"Bearer {token}")])
            if is_alice(at, exchange):
                return [
                    _finding(
                        operation,
                        "forged-token",
                        what,
                        exchange,
                        f"a token with {what} was taken for alice's",
                    )
                ]
        return []

    async def _refresh_token(self, at: Investigation, operation: Operation, call: Call) -> list[Finding]:
        token = at.lab.bob.refresh
        if not token or token == bearer(at.lab.bob):
            return []
        exchange = await _signed(at, operation, call, [("authorization", f"Bearer {token}")])
        if not exchange.response.ok or at.open[operation.key].response.ok:
            return []
        evidence = "a refresh token, which lives long and is kept elsewhere, was taken as an access token"
        return [_finding(operation, "token-kind", "refresh token", exchange, evidence)]

    async def _mixed(self, at: Investigation, operation: Operation, call: Call) -> list[Finding]:
        name = next(iter(at.lab.alice.identity.values()), "")
        fact = at.lab.knowledge.best(at.lab.alice.name, "user_id", {}, "user", least=80)
        values = dict.fromkeys([name, str(fact.value) if fact else ""])
        for value in values:
            if value:
                extra = [(header, value) for header in NAMING_HEADERS]
                exchange = await _signed(at, operation, call, [*at.lab.bob.signed(), *extra])
                if is_alice(at, exchange):
                    return [
                        _finding(operation, "credential-mix", "headers", exchange,
                                 "bob's credentials with a header that names alice were taken for hers")
                    ]  # fmt: skip
        both = Actor("bob", headers=dict(at.lab.bob.headers), cookies=dict(at.lab.alice.cookies))
        if not both.headers or not both.cookies:
            return []
        exchange = await _signed(at, operation, call, both.signed())
        if is_alice(at, exchange):
            evidence = "bob's token with alice's cookies was taken for hers, and the other way round for his"
            return [_finding(operation, "credential-mix", "cookies", exchange, evidence)]
        return []

    async def _renewed(self, at: Investigation, operation: Operation) -> list[Finding]:
        """Renew bob's token in alice's name."""
        call = at.lab.own.get((at.whoami, at.lab.bob.name))
        fields = body_fields(operation)
        renewal = next((name for name in fields if "token" in name), "")
        if not at.lab.bob.refresh or not renewal or call is None:
            return []
        names: dict[str, Any] = dict(at.lab.alice.identity)
        first = next(iter(at.lab.alice.identity.values()), "")
        names = {"user_id": first, "username": first, **names}
        body = {**names, renewal: at.lab.bob.refresh}
        renewed = await at.lab.call(None, Call(operation, body=body))
        token = token_in(renewed)
        if not token:
            return []
        whoami = at.lab.operation(at.whoami)
        exchange = await _signed(at, whoami, call, [("authorization", f"Bearer {token}")])
        if not is_alice(at, exchange):
            return []
        evidence = "bob's refresh token, sent with alice's name, was answered with a token of alice's"
        return [_finding(operation, "renewed-for-another", "body", renewed, evidence, exchange)]


def is_alice(at: Investigation, exchange: Exchange) -> bool:
    """Whether the application takes the request for alice's: it shows what is hers, and nothing of bob's."""
    if not exchange.response.ok:
        return False
    hers, his = (at.lab.knowledge.values_of(name, exchange.response.text) for name in ("alice", "bob"))
    return bool(hers) and not his


async def _signed(
    at: Investigation, operation: Operation, call: Call, headers: list[tuple[str, str]]
) -> Exchange:
    request = call.request(None)
    signed = Request(request.method, request.path, (*request.headers, *headers), request.body)
    return await at.lab.send(at.lab.bob, operation.key, signed, count=False)


def _finding(
    operation: Operation, kind: str, detail: str, exchange: Exchange, evidence: str, *more: Exchange
) -> Finding:
    severity = Severity.MEDIUM if kind == "token-kind" else Severity.CRITICAL
    reason = "what was stolen once works for long" if kind == "token-kind" else "any user can be any other"
    return confirmed(
        kind, operation, detail, exchange, *more, severity=severity, reason=reason, evidence=evidence
    )
