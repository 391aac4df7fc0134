"""Makes users by the service's own sign-up and sign-in, which are found by what they take and are called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, final

from cellwall.audit.actor import Actor, is_password, token_claims
from cellwall.audit.call import Call
from cellwall.audit.errors import NoUsersError
from cellwall.audit.example_value import ValueMaker, plain_schema
from cellwall.audit.exchange import Exchange
from cellwall.audit.facts import leaves, plain
from cellwall.audit.lab import Lab
from cellwall.audit.operation import Operation

_SIGN_UP: Final = re.compile(
    r"sign-?_?up|regist|create[-_ ]?(user|account)|join|\busers?/?$|accounts?/?$", re.I
)
_SIGN_IN: Final = re.compile(r"log-?_?in|sign-?_?in|token|session|auth|jwt", re.I)
_NOT_IN: Final = re.compile(r"refresh|reset|forgot|verify|revoke|log-?out|recover|test-?token", re.I)
_TOKENS: Final = (
    "accesstoken", "token", "authtoken", "jwt", "idtoken", "bearertoken", "accessjwt", "sessiontoken",
    "apikey",
)  # fmt: skip
_SHORTEST_TOKEN: Final = 12
_ATTEMPTS: Final = 8
_TAKEN: Final = 409  # that a name is taken is no reason to give up
_MOST_TAKEN: Final = 200


@final
class Accounts:
    """The sign-up and sign-in of one service; the first pair that works is kept."""

    def __init__(self, lab: Lab, *, sign_up: str = "", sign_in: str = "") -> None:
        """Take the operations that the user named ("POST /register"), if any."""
        self._lab = lab
        self._ups = _ranked(lab.operations, _SIGN_UP, sign_up)
        self._ins = _ranked(lab.operations, _SIGN_IN, sign_in)
        self._kept: tuple[Operation, Operation | None] | None = None

    async def make(self, name: str) -> Actor:
        """Sign a new user up and in.

        Raises:
            NoUsersError: no way was found that ends with a token or a cookie, or it ends with the same user.
        """
        self._lab.knowledge.meet(name)
        tried = []
        pairs = [self._kept] if self._kept else list(self._pairs())
        for up, into in pairs:
            actor = Actor(name)
            status = await self._sign_up(actor, up)
            if status and (self._is_signed(actor) or (into is not None and await self.sign_in(actor, into))):
                self._refuse_twins(actor, up)
                self._kept = (up, into)
                self._lab.actors[name] = actor
                return actor
            tried.append(f"{up.key}{' with ' + into.key if into else ''}")
        shown = "; ".join(dict.fromkeys(tried[:6])) or "no operation looks like a sign-up"
        raise NoUsersError(
            f"no user could be signed up and in ({shown}); name the operations by --sign-up and --sign-in, "
            "or give tokens by --user alice=VARIABLE --user bob=VARIABLE; where earlier audits left their "
            "users, another --seed makes others"
        )

    def _refuse_twins(self, actor: Actor, up: Operation) -> None:
        """Two that are one user to the service would see each other's data, as if it leaked."""
        for other in self._lab.actors.values():
            if actor.identity and actor.identity == other.identity:
                raise NoUsersError(
                    f"{other.name} and {actor.name} would be one user: {up.key} was sent "
                    f"{', '.join(actor.identity)} with the same value for both; write {{text}} unquoted "
                    "where each is to send its own"
                )

    def _pairs(self) -> Iterator[tuple[Operation, Operation | None]]:
        for up in self._ups[:4]:
            near = sorted(self._ins[:6], key=lambda each: -_common(each.path, up.path))
            yield from ((up, into) for into in near)
            yield up, None

    async def _sign_up(self, actor: Actor, up: Operation) -> bool:
        assert up.body is not None
        refused = 0
        for attempt in range(_MOST_TAKEN):  # an earlier audit with this seed may have left its users
            label = f"sign-up {attempt // 2}"
            maker = ValueMaker(self._lab.book, actor.name, label, _nothing, lean=attempt % 2 == 1)
            body = maker.make(up.body.schema)
            actor.fields = {key: value for key, value in body.items() if not isinstance(value, dict | list)}
            call = Call(up, body=body)
            exchange = await self._lab.call(None, call)
            if exchange.response.ok:
                self._take(actor, exchange, up, actor.fields)
                return True
            refused += exchange.response.status != _TAKEN
            if exchange.response.status in (401, 403, 404, 405) or refused == _ATTEMPTS:
                break
        return False

    async def sign_in(self, actor: Actor, into: Operation | None = None, password: str = "") -> bool:
        """Sign the user in again; `password` is another one than it signed up with. Whether it worked."""
        into = into or (self._kept[1] if self._kept else None)
        if into is None or into.body is None:
            return False
        fields = {**actor.fields}
        if password:
            fields |= {name: password for name in fields if is_password(name)}
        body = _credentials(into.body.schema, fields)
        if not body:
            return False
        exchange = await self._lab.call(None, Call(into, body=body), count=False)
        if not exchange.response.ok:
            return False
        before = dict(actor.headers), dict(actor.cookies)
        actor.headers, actor.cookies = {}, {}
        self._take(actor, exchange, into, {})
        if not self._is_signed(actor):
            actor.headers, actor.cookies = before
            return False
        return True

    @property
    def can_sign_in(self) -> bool:
        """Whether a password can be tried."""
        return self._kept is not None and self._kept[1] is not None

    def _is_signed(self, actor: Actor) -> bool:
        return bool(actor.headers or actor.cookies)

    def _take(self, actor: Actor, exchange: Exchange, operation: Operation, sent: Mapping[str, Any]) -> None:
        """Keep token and cookies, and learn what the answer says of the user."""
        actor.remember(exchange.response)
        token = token_in(exchange)
        actor.refresh = next(
            (value for key, value in _texts(exchange.response.json) if plain(key) == "refreshtoken"),
            actor.refresh,
        )
        if token:
            actor.headers["authorization"] = f"Bearer {token}"
            for key, value in token_claims(token).items():
                if (
                    isinstance(value, str | int)
                    and not isinstance(value, bool)
                    and key not in ("iat", "exp", "nbf")
                ):
                    name = "id" if key == "sub" else key
                    self._lab.knowledge.tell(actor.name, name, value, "user")
        own = Exchange(actor.name, exchange.operation, exchange.request, exchange.response)
        known = {key: value for key, value in sent.items() if not is_password(key)}
        self._lab.knowledge.learn(own, operation, known)
        for leaf in leaves(exchange.response.json, self._lab.book):
            if plain(leaf.key) in ("id", "uuid", "pk"):
                self._lab.knowledge.tell(actor.name, "id", leaf.value, "user")


def token_in(exchange: Exchange) -> str:
    """Find the token in an answer, "" for none."""
    found: dict[str, str] = {}
    for key, value in _texts(exchange.response.json):
        if plain(key) in _TOKENS and len(value) >= _SHORTEST_TOKEN:
            found.setdefault(plain(key), value)
    return next((found[name] for name in _TOKENS if name in found), "")


def _texts(node: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping) and depth < 6:
        for key, value in node.items():
            if isinstance(value, str):
                yield str(key), value
            else:
                yield from _texts(value, depth + 1)


def _credentials(schema: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fill a sign-in's body from what the user signed up with; {} where that cannot be done."""
    schema = plain_schema(schema)
    wanted = schema.get("properties")
    if not isinstance(wanted, Mapping):
        return {}
    names = [name for name in fields if not is_password(name) and isinstance(fields[name], str)]
    names.sort(key=lambda name: (not re.search(r"^user|login|handle|nick", name), "mail" not in name))
    body: dict[str, Any] = {}
    for name, field in wanted.items():
        known = next((key for key in fields if plain(key) == plain(name)), None)
        if known is None and is_password(name):
            known = next((key for key in fields if is_password(key)), None)
        if known is None and re.search(r"user|login|email|identifier|account", name, re.I):
            mail = next((key for key in names if "mail" in key), None) if "mail" in name else None
            known = mail or next(iter(names), None)
        if known:
            body[name] = fields[known]
        elif name == "grant_type" and isinstance(field, Mapping):
            body[name] = "password"
    return body


def _ranked(operations: Any, words: re.Pattern[str], named: str) -> list[Operation]:
    if named:
        found = [each for each in operations if each.key == named]
        if not found:
            raise NoUsersError(f"{named!r} is no operation of the application; write it as POST /path")
        return found
    scored = []
    for each in operations:
        if each.method != "POST" or each.body is None or each.path_names:
            continue
        if _NOT_IN.search(each.path):
            continue
        fields = plain_schema(each.body.schema).get("properties")
        secret = isinstance(fields, Mapping) and any(is_password(str(name)) for name in fields)
        score = 3 * secret + 2 * bool(words.search(each.path)) + bool(words.search(each.words))
        if secret and score >= 4:
            scored.append((-score, len(each.path), each))
    return [each for _, _, each in sorted(scored, key=lambda item: item[:2])]


def _common(first: str, second: str) -> int:
    pairs = zip(first.split("/"), second.split("/"), strict=False)
    return sum(1 for one, other in pairs if one == other)


def _nothing(_: str, __: Mapping[str, Any]) -> Any:
    return None
