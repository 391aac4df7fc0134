"""Where values go without a name: into the object whose method gets them, the output, a user's data."""

import ast
from collections.abc import Iterable
from typing import Final, final

from cellwall.check.asserted_values import called_name
from cellwall.check.known_values import NOTHING, KnownValues, Scope, Sources
from cellwall.check.pytest_facts import spelled

OUTPUT: Final = ("capsys", "capfd")
LOG: Final = "caplog"
_LOGGING: Final = frozenset({"critical", "debug", "error", "exception", "info", "log", "warning"})
_KEEPING: Final = frozenset(
    {
        *("add", "add_all", "append", "appendleft", "extend", "insert", "put", "put_nowait"),
        *("set", "setdefault", "update", "write", "write_bytes", "write_text", "writelines"),
    }
)


@final
class KeptValues:
    """Remembers what is kept behind the back of the test's names, and gives it to who reads it there."""

    def __init__(self, known: KnownValues, users: dict[str, frozenset[str]], *, generous: bool) -> None:
        """Keep what is known; `users` are the test's contexts, each with the texts that it is made of."""
        self._known, self._users, self._generous = known, users, generous

    def read(self, name: str) -> Sources:
        """Give what was printed, logged, or kept for a user since it was last read."""
        return self._known.sources.get((0, name), NOTHING)

    def read_by(self, call: ast.Call) -> Sources:
        """Give what was kept for the user of whom a call asks."""
        return NOTHING.union(*(self.read(_of_user(text)) for text in self._users_of(call)))

    def keep(self, call: ast.Call, passed: Sources, scope: Scope) -> None:
        """Let the object, the output or the user keep what a call is given."""
        name, known = called_name(call.func), self._known
        file = next((spelled(keyword.value) for keyword in call.keywords if keyword.arg == "file"), "")
        method = isinstance(call.func, ast.Attribute)
        holder = spelled(call.func.value) if isinstance(call.func, ast.Attribute) else file
        if name in ("readouterr", "clear") and holder in (*OUTPUT, LOG):
            known.sources[0, holder] = NOTHING
        elif name == "print" and not holder:
            self._hear(OUTPUT, passed)
        elif name in _LOGGING and method:
            self._hear((LOG,), passed)
        elif holder and (
            self._generous or ((name in _KEEPING or name == "print") and known.knows(scope, holder))
        ):
            known.add(scope, holder, passed)
        self._hear((_of_user(text) for text in self._users_of(call)), passed)

    def _users_of(self, call: ast.Call) -> frozenset[str]:
        """Give the users that a call is about: by the context of one, or by the text of which it is made."""
        every = (*call.args, *(keyword.value for keyword in call.keywords))
        named = [self._users.get(spelled(argument), frozenset[str]()) for argument in every]
        texts = {a.value for a in every if isinstance(a, ast.Constant) and isinstance(a.value, str)}
        known = frozenset[str]().union(*self._users.values())
        return frozenset[str]().union(*named) | (texts & known)

    def _hear(self, channels: Iterable[str], passed: Sources) -> None:
        for channel in channels:
            self._known.sources[0, channel] = self.read(channel) | passed


def _of_user(text: str) -> str:
    return f"user {text}"
