"""Spells the target's limiter: asking for one more request, and using up a whole budget."""

from typing import Final, final

from cellwall.migrate.new_tests.spelling import Spelling

_MOST: Final = "10_000"  # requests; a limiter that allows so many at once limits nothing
_SPEND: Final = '''
{define} requests_until_refused(user):
    """Use up the user's budget, and give how many requests were allowed."""
    for number in range({most}):
        if not {allows}:
            return number
    raise AssertionError("no request of this user is ever refused")
'''


@final
class Budgets:
    """What the role `limiter` allows.

    Raises:
        UnspellableError: the role is missing.
    """

    def __init__(self, say: Spelling) -> None:
        self._say = say
        self.name: str = say.name_of("limiter")

    def allows(self, user: str) -> str:
        """Give an expression that counts a request and tells whether it is allowed."""
        return self._say.role("limiter", user_id=user)

    def spend(self, user: str) -> str:
        """Give a call of the function that `helper` writes."""
        call = f"requests_until_refused({user})"
        return f"await {call}" if self._awaited else call

    def helper(self) -> str:
        """Give the source of the function that uses up a budget, followed by two empty lines."""
        define = "async def" if self._awaited else "def"
        source = _SPEND.format(define=define, most=_MOST, allows=self.allows("user"))
        return f"{source.strip()}\n\n\n"

    @property
    def _awaited(self) -> bool:
        return self.allows("user").startswith("await ")
