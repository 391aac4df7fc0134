"""Re-exports and shared objects are read off the text, and only what somebody imports is kept."""

import pytest

from cellwall.check.re_exports import ReExports, re_exports
from cellwall.check.time_limit import limited


def read(**files: str) -> tuple[dict[str, str], dict[str, str]]:
    return re_exports((name.replace("__", "/") + ".py", text.encode()) for name, text in files.items())


def test_a_re_export_is_followed_under_its_new_name() -> None:
    aliases, _ = read(
        app__compat="from contextvars import (\n    ContextVar as Var,  # renamed\n    Token,\n)\n",
        app__main="from app.compat import Var\n",
    )
    assert aliases == {"app.compat.Var": "contextvars.ContextVar"}


def test_what_nobody_imports_is_left_out() -> None:
    assert read(app__compat="from contextvars import ContextVar\n", app__main="import app\n") == ({}, {})


def test_relative_imports_and_assignments_are_followed() -> None:
    aliases, _ = read(
        app__web__base="import fastapi\n\nRouter = fastapi.APIRouter\n",
        app__web__api="from .base import Router\n",
    )
    assert aliases == {"app.web.base.Router": "fastapi.APIRouter"}


def test_objects_that_a_module_makes_for_others() -> None:
    _, instances = read(
        app__context='from contextvars import ContextVar\n\nuser: ContextVar[str] = ContextVar("user")\n',
        app__main="from app.context import user\n",
    )
    assert instances == {"app.context.user": "contextvars.ContextVar"}


def test_containers_that_others_import() -> None:
    found = ReExports()
    for path, text in {
        "app/state.py": "A = {}\nB: list[str] = []\nC = dict(x=1)\nD = (1,)\nE = make()\n    F = {}\n",
        "app/other.py": "A = []\nH = []\n",
        "app/__init__.py": "from .state import A as kept\n",
        "app/main.py": "from app.state import B, C, D, E, F\nfrom app.other import H\n",
        "app/more.py": "from app.state import A\n",
    }.items():
        found.add(path, text.encode())
    assert found.containers() == {
        "app.state.A", "app.state.B", "app.state.C", "app.other.H", "app.kept"
    }  # fmt: skip


def test_containers_of_a_module_that_is_imported_itself() -> None:
    found = ReExports()
    found.add("app/state.py", b"A = {}\nB = set()\n")
    found.add("app/main.py", b"from app import state\n")
    assert found.containers() == {"app.state.A", "app.state.B"}


def test_any_bytes_are_read() -> None:
    assert re_exports([("a.py", b"\xff\x00from x import (\n"), ("b.py", b"from . import\n")]) == ({}, {})


def test_a_line_that_is_made_to_be_hard_is_passed_over() -> None:
    hard = b"a:" + b" " * 300_000 + b"\nimport a" + b" " * 300_000 + b"x\nb = c" + b" " * 300_000 + b"("
    assert re_exports([("a.py", hard)]) == ({}, {})


def test_the_last_import_of_a_name_counts() -> None:
    files = {"app__main": "from app.compat import ContextVar\n"}
    assert read(
        app__compat="from contextvars import ContextVar\nfrom a import b as ContextVar\n", **files
    ) == ({}, {})
    assert read(app__compat="from a import b as ContextVar\nfrom contextvars import ContextVar\n", **files)[
        0
    ] == {"app.compat.ContextVar": "contextvars.ContextVar"}


def test_prose_that_begins_as_an_import_hides_no_statement() -> None:
    prose = '"""Taken\nfrom here import (as it was\n"""\n'
    code = 'from contextvars import ContextVar\nuser = ContextVar("user")\n'
    aliases, instances = read(app__compat=prose + code, app__main="from app.compat import ContextVar, user\n")
    assert aliases == {"app.compat.ContextVar": "contextvars.ContextVar"}
    assert instances == {"app.compat.user": "contextvars.ContextVar"}


def test_only_what_is_assigned_at_the_margin_is_read() -> None:
    aliases, instances = read(
        app__compat="import fastapi\nRouter: type = fastapi.APIRouter\nif 1:\n    r = fastapi.APIRouter()\n",
        app__main="from app.compat import Router, r\n",
    )
    assert (aliases, instances) == ({}, {})


def test_a_list_of_any_length_is_read_and_one_that_never_closes_takes_no_square() -> None:
    names = "".join(f"    SomeModelName{number:04},\n" for number in range(2_000))
    aliases, _ = read(
        app__models=f"from contextvars import (\n{names}    ContextVar as Var,\n)\n",
        app__main="from app.models import Var\n",
    )
    assert aliases == {"app.models.Var": "contextvars.ContextVar"}
    with limited(20.0):  # a tenth of a second
        assert re_exports([("a.py", b"from a import (\n    b,\n" * 20_000)]) == ({}, {})


@pytest.mark.parametrize(
    "statement",
    [
        "from x import \\\n    Session",
        "from x import Y, \\\n    Session",
        "from x import Y, \\\n    Z, \\\n    Session",
        "from x import Y as Session, \\\r\n    Z, \\\r\n    Session\r",
        "from x import Y as \\\n    Z, Session",
        "from x import \\\n    (Y,\n    Session)",
        "from x \\\n    import Session",
        "from \\\n    x import Session",
        "from x import(Session)",
        "from x import (  # all (of them)\n    Y,  # :)\n    Session,\n)",
        "from x import (Y,  # the last (here\n    Session)",
        "from x import Session; Y = 1",
        "\ufefffrom x import Session",
        "\ufeffimport x\nSession = x.Session",
    ],
)
def test_any_layout_of_an_import_is_read(statement: str) -> None:
    aliases, _ = read(app__db=f"{statement}\n", app__main="from app.db import Session\n")
    assert aliases == {"app.db.Session": "x.Session"}


def test_a_statement_behind_a_continued_import_is_read() -> None:
    aliases, _ = read(
        app__db="from x import Y, \\\n    Z\nfrom x import Session\n",
        app__main="from app.db import Session\n",
    )
    assert aliases == {"app.db.Session": "x.Session"}


@pytest.mark.parametrize(
    "unit",
    [
        "from a import b, \\\n",
        "from a import (\n    b,  # (\n",
        "from a import \\\n    (b,\n",
        "from a import \\\n\\\n\\\n",
        "from \\\n",
        "from a \\\n",
        "a \\\n",
        "\\\n",
        "from a import (\n#)\n",
        "from a import (#\n",
        "from a import b#\\\n",
    ],
)
def test_continuations_without_end_take_no_square(unit: str) -> None:
    for source in (unit * 20_000, "from a import \\\n" + unit * 20_000, "from a import (" + unit * 20_000):
        with limited(20.0):  # a tenth of a second
            assert re_exports([("a.py", source.encode())]) == ({}, {})
