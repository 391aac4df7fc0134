"""Reads who an audit asks as: kinds of account, with the tokens that environment variables hold."""

import os
import re
from collections.abc import Iterable

from cellwall.audit.account_kind import AccountKind
from cellwall.audit.actor import ALICE, BOB
from cellwall.audit.errors import NoUsersError
from cellwall.cli.audit_options import AuditOptions


def member_kind(options: AuditOptions) -> AccountKind:
    """Give the kind that alice and bob are of: NAME=VARIABLE, or variables in the order alice, bob.

    Raises:
        NoUsersError: a variable is not set, or there is one user where two are needed.
    """
    given = [each for each in options.users if _name(each) in (ALICE, BOB, "")] or list(options.config.users)
    if not given:
        sign_up, sign_in = (
            options.sign_up or options.config.sign_up,
            options.sign_in or options.config.sign_in,
        )
        return AccountKind(sign_up=sign_up, sign_in=sign_in)
    named = {_name(each) or name: each for name, each in zip((ALICE, BOB), given, strict=False)}
    if set(named) != {ALICE, BOB}:
        raise NoUsersError("two users are needed: --user alice=VARIABLE --user bob=VARIABLE")
    return AccountKind(users=tuple(credentials(named[name], name) for name in (ALICE, BOB)))


def other_kinds(options: AuditOptions) -> tuple[AccountKind, ...]:
    """Give the further kinds: those that are configured, and those that --user names.

    Raises:
        NoUsersError: a variable is not set, or --sees-others names nobody.
    """
    by_name = {
        kind.name: AccountKind(
            kind.name, kind.sign_up, kind.sign_in, _all(kind.users, kind.name), kind.sees_others
        )
        for kind in options.config.kinds
    }
    named = [each for each in options.users if _name(each) not in (ALICE, BOB, "")]
    for name in dict.fromkeys(_name(each) for each in named):
        users = _all((each for each in named if _name(each) == name), name)
        by_name[name] = AccountKind(name, users=users, sees_others=name in options.see_others)
    unknown = [each for each in options.see_others if each not in by_name]
    if unknown:
        raise NoUsersError(f"--sees-others {unknown[0]}: name that user too, --user {unknown[0]}=VARIABLE")
    return tuple(by_name.values())


def _all(texts: Iterable[str], name: str) -> tuple[dict[str, str], ...]:
    return tuple(credentials(each, name) for each in texts)


def _name(text: str) -> str:
    return text.rpartition("=")[0]


def credentials(text: str, name: str) -> dict[str, str]:
    """Give the header that signs, from a variable with a token, a whole Authorization value or a cookie.

    Raises:
        NoUsersError: the variable is not set.
    """
    variable = text.rpartition("=")[2]
    token = os.environ.get(variable)
    if not token:
        raise NoUsersError(f"${variable} is not set: it should hold the token of {_name(text) or name}")
    if re.match(r"[\w-]+=[^ ;]+(;|$)", token):
        return {"cookie": token}
    return {"authorization": token if " " in token else f"Bearer {token}"}
