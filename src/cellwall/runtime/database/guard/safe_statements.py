"""Whole statements that may run as text because they reach no table: pings and what dialects ask at first."""

import re
from typing import Final

_SAFE: Final = re.compile(
    r"""
      select\ 1
    | select\ (pg_catalog\.)?version\(\)
    | select\ current_schema\(\)
    | show\ (standard_conforming_strings|transaction\ isolation\ level|transaction_isolation|server_version)
    | select\ @@[\w.@]+
    | pragma\ read_uncommitted(\ ?=\ ?[01])?
    | (begin|commit|rollback)
    | select\ nextval\('"?[\w.]+"?'\)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def is_safe(statement: str) -> bool:
    """Tell whether `statement` can read and change no row of any table.

    Example:
        >>> is_safe("SELECT 1")
        True
        >>> is_safe("SELECT 1 FROM items")
        False
    """
    return _SAFE.fullmatch(" ".join(statement.removesuffix(";").split())) is not None
