"""What every rule says of itself, whatever language it reads: by this it is chosen, listed and explained."""

from typing import ClassVar, Protocol

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Severity
from cellwall.check.rule import Status


class Described(Protocol):
    """The part that `Rule` and `ScriptRule` have in common; the class docstring belongs to it."""

    name: ClassVar[str]
    code: ClassVar[str]
    family: ClassVar[Family]
    severity: ClassVar[Severity]
    status: ClassVar[Status]
    fixes: ClassVar[Safety | None]
