"""Whose value is this: issues canaries, takes claims, and tells the owners of what stands in a text."""

from __future__ import annotations

from typing import final

from cellwall.canary.canary import LENGTH, PREFIX, Canary, canaries_in, owner_code, owner_codes_in, value_of
from cellwall.canary.claims import Claims
from cellwall.canary.declared import Declared, DeclaredSharing
from cellwall.canary.encodings import LONGEST, decoded_places, hashes_of


@final
class CanaryBook:
    """The oracle that knows whose data is whose.

    Canaries follow from seed, owner and label alone, so a run can be repeated. `encoded` also finds them as
    base64, hexadecimal, quoted, in upper case, reversed and hashed, at several times the cost.

    Example:
        >>> book = CanaryBook(seed=1)
        >>> email = f"{book.issue('alice', 'email').value}@example.com"
        >>> sorted(book.owners_in(f"to: {email}"))
        ['alice']
    """

    def __init__(self, seed: int = 0, *, encoded: bool = False) -> None:
        self.seed = seed
        self.encoded = encoded
        self._owners: dict[str, str] = {}
        self._claims = Claims()
        self._sharing = DeclaredSharing()

    def issue(self, owner: str, label: str = "") -> Canary:
        """Make the canary of `owner` with this label; the same one each time."""
        return Canary(owner, self.issue_value(owner, label))

    def issue_value(self, owner: str, label: str = "") -> str:
        """Make the canary as `issue` does; give its text alone."""
        value = value_of(self.seed, owner, label)
        self._owners[owner_code(self.seed, owner)] = owner
        if self.encoded:
            for digest in hashes_of(value):
                self._claims.add(owner, digest)
        return value

    def claim(self, owner: str, value: str) -> None:
        """Note an ordinary value, a session id or a token, that is only `owner`'s.

        A value that two owners claim is nobody's from then on. A value that holds a canary needs no claim.

        Raises:
            UnfitValueError: it has no six letters or digits in a row, so others may have it by chance.
        """
        if PREFIX not in value:
            self._claims.add(owner, value)

    def owners_in(self, data: str | bytes) -> frozenset[str]:
        """Give the owners of the canaries and claimed values in `data`, text or bytes."""
        codes = owner_codes_in(data)
        found = {self._owners[code] for code in codes if code in self._owners} if codes else set()
        if self.encoded or self._claims.longest:
            raw = data.encode(errors="replace") if isinstance(data, str) else data
            found |= self._claims.owners_in(raw)
            if self.encoded:
                for place in decoded_places(raw):
                    found |= {self._owners[code] for code in owner_codes_in(place) if code in self._owners}
        return frozenset(found)

    def allow(self, owner: str, *others_or_resources: str) -> None:
        """Declare sharing: `owner`'s values may be seen by these users, or where these resources are named.

        `"*"` stands for everybody on either side: `allow("*", "admin")` lets the administrator see all.
        Each declaration is listed by `declared`, with how often it explained something.
        """
        self._sharing.add(owner, *others_or_resources)

    def permits(self, owner: str, viewer: str, where: str = "") -> bool:
        """Whether `viewer` may see `owner`'s values at `where`, by what was declared."""
        return self._sharing.permits(owner, viewer, where)

    @property
    def declared(self) -> tuple[Declared, ...]:
        """The declared sharing, in the order it was declared."""
        return self._sharing.all()

    @property
    def longest(self) -> int:
        """Bytes of the longest value that may be found: what must be kept of one chunk for the next."""
        return max(LONGEST if self.encoded else LENGTH, self._claims.longest)

    def values_in(self, data: str) -> set[str]:
        """Give the canaries, anybody's, and the claimed values that stand in `data`."""
        return set(canaries_in(data)) | {value.decode() for _, value in self.claimed_in(data.encode())}

    def claimed_in(self, data: bytes) -> list[tuple[str, bytes]]:
        """Give owner and text of each claimed value in `data`."""
        return self._claims.found_in(data)
