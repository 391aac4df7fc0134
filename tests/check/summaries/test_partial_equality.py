"""User classes that compare less than they hold."""

import pytest

from cellwall.check.file_kind import FileKind
from cellwall.check.gate import GatedSource
from cellwall.check.settings import CheckSettings
from cellwall.check.summaries.partial_equality import PartialEquality, own_equalities
from tests.check.test_request_handlers import facts

HELD = "class User:\n    def __init__(self, id, name):\n        self._id, self.name = id, name\n"
HASH = "    def __hash__(self):\n        return hash(self.name)\n"
BY_NAME = (
    "    def __eq__(self, other):\n        return type(self) is type(other) and self.name == other.name\n"
)
FROZEN = "from dataclasses import dataclass, field\n@dataclass(frozen=True)\nclass User:\n"
PARTIAL = [
    HELD + BY_NAME + HASH,
    HELD + BY_NAME.replace("self.name ==", "self.key() ==") + HASH + "    def key(self): return self.name\n",
    HELD + "    def __eq__(self, other):\n        if self is other:\n            return True\n"
    "        return isinstance(other, User) and other.name == self.name\n" + HASH,
    FROZEN + "    name: str\n    id: int = field(compare=False)\n",
    "import attr\n@attr.s(hash=True)\nclass User:\n    name: str\n    id: int = attr.ib(eq=False)\n",
    "import attrs\n@attrs.frozen\nclass User:\n    name: str\n    id: int = attrs.field(eq=False)\n",
    "class User(Base):\n    id = Column(Integer)\n    name = Column(String)\n" + BY_NAME + HASH,
]
WHOLE = [
    HELD,
    HELD + BY_NAME,  # no hash, so it is no key
    HELD + BY_NAME.replace("name", "_id") + HASH,
    HELD + BY_NAME.replace("self.name == other.name", "self.key() == other.key()") + HASH,
    HELD + "    def __eq__(self, other):\n        return self.__dict__ == other.__dict__\n" + HASH,
    HELD + "    def __eq__(self, other):\n        return self is other\n" + HASH,
    HELD + "    def __eq__(self, other):\n        return super().__eq__(other) and self.name\n" + HASH,
    HELD + "    def __eq__(self, other):\n        return key(self) == key(other) and self.name\n" + HASH,
    FROZEN + "    name: str\n    role: str\n",
    FROZEN + "    email: str\n    role: str = field(compare=False)\n",
    FROZEN.replace("frozen=True", "") + "    name: str\n    id: int = field(compare=False)\n",
    FROZEN.replace("frozen=True", "eq=False, frozen=True")
    + "    name: str\n    id: int = field(compare=False)\n",
    FROZEN.replace("User", "User(Person)") + "    name: str\n    id: int = field(compare=False)\n",
    (HELD + BY_NAME + HASH).replace("User", "Colour"),
]


@pytest.mark.parametrize("source", PARTIAL)
def test_the_gate_lets_through_what_is_told_of(source: str) -> None:
    gate = PartialEquality().gate(CheckSettings())
    assert GatedSource(source.encode(), FileKind.OTHER).passes(gate)
    assert not GatedSource(source.replace("User", "Colour").encode(), FileKind.OTHER).passes(gate)
    assert not GatedSource(f"{HELD}\n    seq = equal = 1\n".encode(), FileKind.OTHER).passes(gate)


@pytest.mark.parametrize("source", PARTIAL)
def test_what_tells_no_user_apart(source: str) -> None:
    assert own_equalities(facts(source)) == {"User": (frozenset({"name"}), frozenset({"id"}))}
    assert PartialEquality().summarise(facts(source), CheckSettings()) == {"User": [["name"], ["id"]]}


@pytest.mark.parametrize("source", WHOLE)
def test_what_may_tell_them_apart(source: str) -> None:
    assert own_equalities(facts(source)) == {}
    assert PartialEquality().summarise(facts(source), CheckSettings()) is None


def test_the_id_of_what_many_are_of_is_nobodys_but_its_own() -> None:
    source = FROZEN + "    tenant_id: int\n    id: int = field(compare=False)\n"
    assert own_equalities(facts(source)) == {"User": (frozenset({"tenant_id"}), frozenset({"id"}))}
    assert own_equalities(facts(source.replace("User", "Tenant"))) == {}
