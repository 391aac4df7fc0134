"""What was seen: one owner's value where another user's work went on, and how near to that user."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import final


class Reach(StrEnum):
    """How near a sink is to the user: it decides what another owner's value there means.

    SHOWN: the user gets it: a response, a frame. Another's value is a leak.
    READ: code that works for the user got it: a row, a cached value. A leak, unless a service is between
        that code and the user: then its answer is the judge.
    WRITTEN: one record written for the user: a log record, a row's parameters, a request's headers. A leak
        where the record mixes the user's values with another's: a thing was put to the wrong account.
        Another's alone may be somebody else's batch, flushed by whoever came.
    CARRIED: credentials of a request that is sent in the user's name. Another's are a leak.
    NOTED: what may rightly hold many users' values: files, standard output, bodies of outgoing batches.
    """

    SHOWN = "shown"
    READ = "read"
    WRITTEN = "written"
    CARRIED = "carried"
    NOTED = "noted"


@final
@dataclass(frozen=True, slots=True)
class Sighting:
    """`owner`'s value was seen by `viewer`, or by code that works for them.

    `sink` is the sink's name, `where` the place in it (`GET /notes body`), `excerpt` the text around the
    value with claimed values masked, `line` the `path:line` of the code that was running, if known.
    """

    sink: str
    owner: str
    viewer: str | None
    where: str
    excerpt: str
    reach: Reach = Reach.SHOWN
    line: str = ""

    def __str__(self) -> str:
        at = f" at {self.line}" if self.line else ""
        return (
            f"{self.owner}'s value was {self.reach} for {self.viewer} in {self.sink} "
            f"({self.where}){at}: {self.excerpt}"
        )
