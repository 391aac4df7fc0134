"""Revoked tokens, told by the auth service to the services that check tokens.

The auth service numbers what it revokes. A follower asks what comes after the last number that it knows; the
answer waits until there is something, so a sign-out is known everywhere within milliseconds. A follower that has
not heard for `MAX_STALENESS` seconds refuses every token rather than accept one that was revoked meanwhile.
"""

import asyncio
import json
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from auth_service.service_tokens import for_itself
from cellwall.runtime.errors import StoreUnavailableError
from cellwall.runtime.tokens import MemoryRevocationList

MAX_STALENESS = 15.0
WAIT = 1.5


class ToldRevocations:
    """What the auth service has revoked, numbered from its start on; kept in `file`, where one is given."""

    def __init__(self, file: Path | None = None) -> None:
        self._known = MemoryRevocationList()
        self._entries: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._file = file
        self.epoch = secrets.token_hex(8)
        for line in file.read_text().splitlines() if file is not None and file.exists() else ():
            if (entry := json.loads(line))["until"] > time.time():
                self._learn(entry)

    def is_revoked(self, token_id: str, user_id: str, issued_at: float) -> bool:
        """Say whether this token was revoked."""
        return self._known.is_revoked(token_id, user_id, issued_at)

    async def revoke_token(self, token_id: str, until: float) -> None:
        """Revoke one token, and tell."""
        self._tell({"token_id": token_id, "until": until})

    async def revoke_user(self, user_id: str, issued_before: float, until: float) -> None:
        """Revoke what a user was given until a moment, and tell."""
        self._tell({"user_id": user_id, "issued_before": issued_before, "until": until})

    async def after(self, epoch: str, number: int, wait: float) -> dict[str, Any]:
        """Give what came after this number, when there is any; nothing after `wait` seconds, at most `WAIT`."""
        if epoch != self.epoch:
            number = 0
        elif number >= len(self._entries):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(wait, WAIT))
        return {"epoch": self.epoch, "number": len(self._entries), "entries": self._entries[number:]}

    def _tell(self, entry: dict[str, Any]) -> None:
        self._learn(entry)
        if self._file is not None:
            with self._file.open("a") as file:
                file.write(json.dumps(entry) + "\n")
        self._news.set()
        self._news = asyncio.Event()

    def _learn(self, entry: dict[str, Any]) -> None:
        self._entries.append(entry)
        add(self._known, entry)


class FollowedRevocations:
    """A copy of the auth service's list. `follow` keeps it up to date until it is cancelled."""

    def __init__(self, auth_url: str, service: str) -> None:
        self._url, self._service = auth_url, service
        self._known = MemoryRevocationList()
        self._fresh_until = float("-inf")
        self._epoch, self._number = "", 0

    def is_revoked(self, token_id: str, user_id: str, issued_at: float) -> bool:
        """Say whether this token was revoked.

        Raises:
            StoreUnavailableError: the auth service has not been heard of for too long.
        """
        if time.monotonic() > self._fresh_until:
            raise StoreUnavailableError("which tokens are revoked is not known: the auth service is away")
        return self._known.is_revoked(token_id, user_id, issued_at)

    async def revoke_token(self, token_id: str, until: float) -> None:
        """Refuse: tokens are revoked by the auth service."""
        raise StoreUnavailableError("sign out at the auth service")

    async def revoke_user(self, user_id: str, issued_before: float, until: float) -> None:
        """Refuse: tokens are revoked by the auth service."""
        raise StoreUnavailableError("sign out at the auth service")

    async def follow(self) -> None:
        """Ask again and again; what is away is asked again after a moment."""
        async with httpx.AsyncClient(base_url=self._url, timeout=WAIT + 5, trust_env=False) as client:
            while True:
                try:
                    await self._ask(client)
                except httpx.HTTPError:
                    await asyncio.sleep(0.2)

    async def _ask(self, client: httpx.AsyncClient) -> None:
        wait = WAIT if self._epoch else 0.0
        answer = await client.get(
            "/revocations",
            params={"epoch": self._epoch, "after": self._number, "wait": wait},
            headers={"Authorization": f"Bearer {for_itself(self._service, 'auth_service')}"},
        )
        told = answer.raise_for_status().json()
        for entry in told["entries"]:
            add(self._known, entry)
        self._epoch, self._number = told["epoch"], told["number"]
        self._fresh_until = time.monotonic() + MAX_STALENESS


def add(known: MemoryRevocationList, entry: dict[str, Any]) -> None:
    """Take an entry over into a list."""
    if "token_id" in entry:
        known.add_token(entry["token_id"], entry["until"])
    else:
        known.add_user(entry["user_id"], entry["issued_before"], entry["until"])
