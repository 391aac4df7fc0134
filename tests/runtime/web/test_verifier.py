"""A verifier of a service's own: what it must do is told where it does not."""

from types import SimpleNamespace
from typing import Any

import pytest

from cellwall import TokenIssuer
from cellwall.runtime.errors import StoreUnavailableError, TokenInvalidError
from cellwall.runtime.web import CellwallMiddleware
from cellwall.runtime.web.verifier import header_verifier_of, verify_of

Fake = Any


class Own:
    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def verify(self, token: str) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.mark.parametrize("tokens", [None, object(), lambda token: token, SimpleNamespace(verify="no")])
def test_what_has_no_verify_is_refused_when_the_service_starts(seen: Fake, tokens: Any) -> None:
    with pytest.raises(TypeError, match=r"give a TokenIssuer, or an object whose verify\(token\)"):
        CellwallMiddleware(seen, tokens=tokens)


@pytest.mark.parametrize("answer", ["ada", {"user_id": "ada"}, None, SimpleNamespace(user_id="ada")])
async def test_what_names_no_user_is_told_from_a_user(seen: Fake, client: Fake, answer: Any) -> None:
    with pytest.raises(TypeError, match=r"Own.verify returned a \w+; the middleware wants .* session_id"):
        await client.ask(CellwallMiddleware(seen, tokens=Own(answer)), client.http("token"))
    assert seen.contexts == []


def test_a_coroutine_is_no_answer() -> None:
    class Late:
        async def verify(self, token: str) -> Any: ...

    with pytest.raises(TypeError, match=r"Late.verify returned a coroutine"):
        verify_of(Late())("token")  # type: ignore[arg-type]


async def test_its_own_errors_say_what_to_raise_instead(seen: Fake, client: Fake) -> None:
    with pytest.raises(LookupError) as caught:
        await client.ask(CellwallMiddleware(seen, tokens=Own(LookupError("kid"))), client.http("token"))
    assert "raises TokenInvalidError" in caught.value.__notes__[0]


async def test_its_good_answers_count(seen: Fake, client: Fake) -> None:
    good = SimpleNamespace(user_id="ada", session_id=None)
    for answer, status in ((good, 200), (TokenInvalidError("no"), 401), (StoreUnavailableError("gone"), 503)):
        answered = await client.ask(CellwallMiddleware(seen, tokens=Own(answer)), client.http("token"))
        assert answered.status == status
    assert [context.user_id for context in seen.contexts] == ["ada"]


def test_ours_are_asked_without_a_detour(issuer: TokenIssuer) -> None:
    assert verify_of(issuer) == issuer.verify
    assert header_verifier_of(issuer) == issuer.verify_header
