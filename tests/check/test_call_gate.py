"""A file gets through where a name may be called, and not where it is only told of."""

import pytest

from cellwall.check.call_gate import calls_one_of, uses_one_of
from cellwall.check.file_kind import FileKind
from cellwall.check.gate import GatedSource

CALLED = [
    b"db = Session()",
    b"db = orm.Session (bind)",
    b"from sqlalchemy.orm import Session as S",
    b"Opener = Session\ndb = Opener()",
    b"Opener = (\n    orm.Session\n)",
    b"opener = given or Session",
    b"opener = a if b else Session",
    b"db = Session \\\n    ()",
    b"make = maker(bind)",
    b"from sqlalchemy.orm import (\n    Session  # ours\n    as S,\n)",
    b"db = (orm.Session)(bind)",
    b"db = (orm.Session  # of [all]\n  )(bind)",
    b"Opener = orm . Session\n",
    b"Opener = orm.\\\n Session\n",
    b"Opener = (  # one\n  orm\n  .Session)\n",
    b"Opener = (orm).Session",
]
TOLD_OF = [
    b"def get(db: Session): ...",
    b"from sqlalchemy.orm import Session",
    b"db = Mock(spec=Session)",
    b"db = UserSession()",
    b"db = Sessions()",
    b"'Session'",
    b"x: dict[str, Session] = {}",
    b"db: Depends = dict[Session, int]",
    b"x = 1  # of the Session",
    b"x = y  # or\n# Session",
]


@pytest.mark.parametrize("source", CALLED)
def test_a_call_gets_through(source: bytes) -> None:
    assert GatedSource(source, FileKind.TEST).passes(calls_one_of(["a.b.Session"], mentioned=["maker"]))


@pytest.mark.parametrize("source", TOLD_OF)
def test_a_mention_does_not(source: bytes) -> None:
    assert not GatedSource(source, FileKind.TEST).passes(calls_one_of(["a.b.Session"], mentioned=["maker"]))


def test_texts_count_where_they_are_asked_for() -> None:
    patched = GatedSource(b"@patch('app.ws.get_manager')", FileKind.TEST)
    assert patched.passes(calls_one_of(["get_manager"], in_texts=True))
    assert not patched.passes(calls_one_of(["get_manager"]))


@pytest.mark.parametrize(
    ("source", "passes"),
    [
        (b"agent = registry.get_agent('x')", True),
        (b"make = registry.get_agent", True),
        (b"patch('app.Registry.get_agent')", True),
        (b"def get_agent(): ...\nget_agent()", True),
        (b"def get_agent(): ...", False),
        (b"async def get_agent(): ...", False),
        (b"registry.get_agent_type()", False),
        (b"self._get_agent()", False),
    ],
)
def test_a_use_gets_through_and_a_definition_alone_does_not(source: bytes, passes: bool) -> None:
    gate = uses_one_of(["app.Registry.get_agent"])
    assert GatedSource(source, FileKind.TEST).passes(gate) is passes
