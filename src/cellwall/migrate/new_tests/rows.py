"""Spells sessions and rows of the target: opening a session, writing a canary's row, reading all rows."""

import ast
from typing import final

from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError


@final
class Rows:
    """The sample row's model, by SQLAlchemy's own statements.

    Raises:
        UnspellableError: a sample of a row is missing, or is no call of a model.
    """

    def __init__(self, say: Spelling) -> None:
        self._say = say
        self.attribute: str = say.sample("row_text")
        self.model: str = _model(say.sample("row", text='""'))
        say.use("from sqlalchemy import select")

    def row(self, text: str) -> str:
        """Give a new row that holds the text."""
        return self._say.sample("row", text=text)

    def open(self, context: str, name: str) -> str:
        """Give the head of the block in which the session `name` is open, without its colon."""
        return f"{self._with} {self._say.role('session', context=context)} as {name}"

    def open_both(self, indent: int = 4) -> str:
        """Give the head, with its colon, of the block with `first_session` and `second_session`."""
        lines = [
            f"    {self._say.role('session', context=context)} as {context}_session,"
            for context in ("first", "second")
        ]
        return f"\n{' ' * indent}".join([f"{self._with} (", *lines, "):"])

    def do(self, session: str, member: str, arguments: str = "") -> str:
        """Give a call of a member of the session."""
        return self._say.call("session", session, member, arguments)

    def texts(self, session: str) -> str:
        """Give the texts of all rows that the session sees."""
        found = self._say.call("session", session, "scalars", f"select({self.model}.{self.attribute})")
        return f"({found}).all()" if found.startswith("await ") else f"{found}.all()"

    @property
    def _with(self) -> str:
        """The words that open a session; where to commit is no coroutine, sessions are plain ones."""
        return "async with" if self._say.awaits("session", "commit") else "with"


def _model(row: str) -> str:
    try:
        tree = ast.parse(row.strip(), mode="eval").body
    except SyntaxError as error:
        raise UnspellableError(f"the sample 'row' is no expression: {row!r}") from error
    if not isinstance(tree, ast.Call) or isinstance(tree.func, ast.Call):
        raise UnspellableError(f"the sample 'row' is no call of a model: {row!r}")
    return ast.unparse(tree.func)
