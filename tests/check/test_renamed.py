"""What another file hands on under another name is read where that name stands, called where it may be."""

import pytest

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.renamed import Renamed, renamed_in

SESS = Renamed(b"Sess", [b"orm.Session", b"other.Session"])
CALLED = b"orm.Session() orm.Session(*_) other.Session() other.Session(*_)"
NAMED = b"[orm.Session,other.Session,]"


@pytest.mark.parametrize(
    "source",
    [
        b"Sess()",
        b"x = Sess",
        b"x = app.Sess  # ours\n",
        b"from app import Sess as S",
        b"from app import (\n    Sess  # ours\n    as S,\n)",
        b"(app.  # (\n Sess\n)()",
        b"x = Sess \\\n()",
        b"patch('app.Sess')",
        b"@Sess\ndef f(): pass",
        b"@app.Sess  # ours\nclass A: pass",
        b"def f(x: Sess): return Sess(x)",
    ],
)
def test_it_is_called(source: bytes) -> None:
    assert SESS.stands_for(source) == CALLED


@pytest.mark.parametrize(
    "source",
    [b"from app import Sess\n", b"class A(Sess): pass", b"def f(x: Sess): pass", b"x: list[Sess] = []"],
)
def test_it_is_only_named(source: bytes) -> None:
    assert SESS.stands_for(source) == NAMED


@pytest.mark.parametrize("source", [b"MySess()", b"Session()", b"Sess_()", b"_Sess"])
def test_a_part_of_another_name_is_none(source: bytes) -> None:
    assert SESS.pattern.search(source) is None


def test_a_name_beyond_ascii_is_one() -> None:
    name = "\u00dcnser\u00e9".encode()
    assert Renamed(name, [b"a.B"]).pattern.search(b"x = " + name + b"()")


def test_the_names_of_a_project() -> None:
    project = ProjectFacts(aliases={"app.db.Sess": "sqlalchemy.orm.Session", "app.db.Session": "x.Session"})
    found = renamed_in(project)
    assert [one.pattern.search(b"Sess()") is not None for one in found] == [True]
    assert b"sqlalchemy.orm.Session()" in found[0].stands_for(b"Sess()")
    assert renamed_in(project) is found
    assert renamed_in(ProjectFacts()) == ()
