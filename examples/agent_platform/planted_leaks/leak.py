"""What is told of a planted leak."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI

from netra_backend.routes import add_routes


@dataclass(frozen=True)
class Leak:
    """One way in which the platform leaks when it is asked to.

    Attributes:
        what: one sentence: who gets what of whom.
        plant: changes the application `service`.
        rule: the rule of `cellwall check` that is about it, "" where there is none.
        seen: "request" when one request of another user, sent afterwards, shows it; "overlap" when only
            requests of several users that overlap do.
        reached: the request that shows it.
        service: "backend" or "auth".
    """

    what: str
    plant: Callable[[FastAPI], None]
    rule: str
    reached: str
    seen: str = "request"
    service: str = "backend"


def routes(router: APIRouter) -> Callable[[FastAPI], None]:
    """Give what puts these routes where the application has others for the same paths."""
    return lambda app: add_routes(app, router)
