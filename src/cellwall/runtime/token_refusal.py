"""The one text for every refused token: an attacker must not learn which part of it was wrong."""

from typing import Final

REFUSED: Final = "the token is not accepted; sign in again"
