"""Spells tokens of the target: making one for a user, asking whom it proves, and trying a bad one."""

from typing import Final, final

from cellwall.migrate.new_tests.spelling import Spelling

_PROVES: Final = '''
{define} {name}(token):
    """Give whom the token proves, None where it is refused, by whatever exception."""
    try:
        return {owner}
    except Exception:
        return None
'''


@final
class Tokens:
    """Tokens of users, or with `Tokens.of_services` those by which services act for users.

    Raises:
        UnspellableError: one of the two roles is missing.
    """

    def __init__(
        self, say: Spelling, token: str = "token", owner: str = "token_owner", helper: str = "proved_by"
    ) -> None:
        self._say, self._token, self._owner, self._helper = say, token, owner, helper
        self.makes: str = say.name_of(token)
        self.reads: str = say.name_of(owner)

    @classmethod
    def of_services(cls, say: Spelling) -> "Tokens":
        """Give the tokens between services."""
        return cls(say, "service_token", "service_owner", "acts_for")

    def issue(self, user: str) -> str:
        """Give an expression that makes a token for the user."""
        return self._say.role(self._token, user_id=user)

    def owner(self, token: str) -> str:
        """Give an expression that tells the user whom the token proves."""
        return self._say.role(self._owner, token=token)

    def proves(self, token: str) -> str:
        """Give a call of the function that `helper` writes: the user, or None for a refused token."""
        call = f"{self._helper}({token})"
        return f"await {call}" if self._awaited else call

    def helper(self) -> str:
        """Give the source of the function that tries a token, followed by two empty lines."""
        define = "async def" if self._awaited else "def"
        source = _PROVES.format(define=define, name=self._helper, owner=self.owner("token"))
        return f"{source.strip()}\n\n\n"

    @property
    def _awaited(self) -> bool:
        return self.owner("token").startswith("await ")
