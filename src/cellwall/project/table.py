"""One TOML table read with checks: unknown keys and wrong types become errors with path and line."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, final

from cellwall.project.errors import ConfigError
from cellwall.project.toml_lines import line_of


@final
class Table:
    """A table at a key path of one file."""

    def __init__(
        self,
        values: Mapping[str, Any],
        at: tuple[str, ...],
        *,
        path: Path,
        lines: dict[tuple[str, ...], int],
    ) -> None:
        """Wrap the values that stand at `at` in the file."""
        self._values, self._at, self._path, self._lines = values, at, path, lines

    def fail(self, message: str, *keys: str) -> NoReturn:
        """Raise a ConfigError that points to the key."""
        line = self.line(*keys)
        raise ConfigError(f"{self._path}:{line}: {'.'.join(self._at + keys)}: {message}")

    def line(self, *keys: str) -> int:
        """Give the line of a key of this table."""
        return line_of(self._lines, self._at + keys)

    def only(self, known: Sequence[str]) -> "Table":
        """Refuse keys that are not known, with the most similar known one as a suggestion."""
        for key in self._values:
            if key not in known:
                import difflib  # an editor waits for the usual case

                near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
                hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
                self.fail(f"unknown key; {hint}", key)
        return self

    def keys(self) -> tuple[str, ...]:
        """Give the keys in the order of the file."""
        return tuple(self._values)

    def table(self, key: str) -> "Table":
        """Give the table under a key, an empty one where it is missing."""
        value = self._values.get(key, {})
        if not isinstance(value, Mapping):
            self.fail(f"must be a table, not {_kind(value)}", key)
        return Table(value, (*self._at, key), path=self._path, lines=self._lines)

    def tables(self, key: str) -> tuple["Table", ...]:
        """Give the tables of a list (`[[...]]`), none where it is missing."""
        values = self._values.get(key, ())
        if not isinstance(values, list | tuple) or not all(isinstance(value, Mapping) for value in values):
            self.fail(f"must be a list of tables, not {_kind(values)}", key)
        return tuple(Table(value, (*self._at, key), path=self._path, lines=self._lines) for value in values)

    def text(self, key: str, default: str | None = None) -> str:
        """Give a text that is not empty; without a default the key is required."""
        value = self._values.get(key, default)
        if value is None:
            self.fail(f"the key {key!r} is missing")
        if not isinstance(value, str):
            self.fail(f"must be a text, not {_kind(value)}", key)
        if "\0" in value or (not value.strip() and default is None):
            self.fail("must be a text with something in it", key)
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Give a list of texts; one text stands for a list of one."""
        value = self._values.get(key, default)
        items = (value,) if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
            self.fail(f"must be a text or a list of texts, not {_kind(value)}", key)
        if any("\0" in item or not item.strip() for item in items):
            self.fail("holds an empty text", key)
        return tuple(items)

    def number(self, key: str, default: float) -> float:
        """Give a positive number."""
        value = self._values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(f"must be a number, not {_kind(value)}", key)
        if not 0 < value < 1e9:
            self.fail("must be a positive number", key)
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        """Give true or false."""
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            self.fail(f"must be true or false, not {_kind(value)}", key)
        return value


def _kind(value: object) -> str:
    names = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "a table" if isinstance(value, Mapping) else "a " + type(value).__name__)
