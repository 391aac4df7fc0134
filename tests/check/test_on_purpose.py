"""What shows that a test is bad on purpose, and names in the strings of patches."""

import ast
from textwrap import dedent

import pytest

from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.on_purpose import _tells_of_sharing, patch_targets, shown_on_purpose
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.time_limit import limited


def facts(source: str, *, is_test: bool = True) -> ModuleFacts:
    found = module_facts("tests/test_x.py", dedent(source).encode(), ProjectFacts(), is_test=is_test)
    assert isinstance(found, ModuleFacts)
    return found


def purpose(source: str, *, is_test: bool = True) -> str | None:
    module = facts(source, is_test=is_test)
    return shown_on_purpose(module, next(c for c in module.of(ast.Call) if module.text(c.func) == "make"))


@pytest.mark.parametrize(
    "source",
    [
        "class BadPattern:\n    x = make()\n",
        "def test_anti_pattern():\n    x = make()\n",
        "with pytest.raises(E):\n    make()\n",
        "legacy_manager = make()\n",
        "self.shared_session = make()\n",
        "x = make()  # anti-pattern\n",
        "# the bad pattern\ny = 1\nx = make()\n",
        'def test_it():\n    """Show that it shares rows across all users."""\n    make()\n',
        "# WRONG - never\nreturned = make(\n    1,\n)\n",
    ],
)
def test_on_purpose(source: str) -> None:
    assert purpose(source)
    assert purpose(source, is_test=False) is None


@pytest.mark.parametrize(
    "source",
    [
        "x = make()\n",
        "x = make()  # Shared across requests!\n",
        "# an anti-pattern\n\nx = make()\n",
        "x = make()\n# an anti-pattern\n",
        "x = make(3)  # small on purpose\n",
        "manager = make()  # nothing wrong with it\n",
        "pytest.raises(make())\n",
    ],
)
def test_not_on_purpose(source: str) -> None:
    assert purpose(source) is None


def test_patch_targets_name_the_thing_itself() -> None:
    module = facts("""
        patch("app.ws.WebSocketManager")
        monkeypatch.setattr("app.ws.WebSocketManager", 1)
        patch("app.ws.WebSocketManagerFake")
        patch(name)
        print("app.ws.WebSocketManager")
        """)
    found = [(target.lineno, pattern) for target, pattern in patch_targets(module, ("WebSocketManager",))]
    assert found == [(2, "WebSocketManager"), (3, "WebSocketManager")]


@pytest.mark.parametrize(
    "said",
    [
        "It must not share rows across users.",
        "It never shares rows between requests.",
        "Shares. Across users.",
    ],
)
def test_a_docstring_that_denies_it(said: str) -> None:
    assert purpose(f'def test_it():\n    """{said}"""\n    make()\n') is None


@pytest.mark.parametrize("unit", ["shared ", "shares ", "shares across ", "- ", "a.", "across users "])
def test_a_docstring_that_is_made_to_be_hard_takes_no_square(unit: str) -> None:
    with limited(20.0):  # a tenth of a second
        assert not _tells_of_sharing(unit * 20_000)


@pytest.mark.parametrize(
    ("docstring", "tells"),
    [
        ("One registry shares agents across users.", True),
        ("Nothing. It shares\nagents between all requests. No more.", True),
        ("It shares agents. Across users nothing is the same.", False),
        ("Across users it shares agents.", False),
        ("It must not share agents across users.", False),
        ("It shares agents across users, not between requests.", False),
        ("It shares agents across users, not more.", True),
    ],
)
def test_a_sentence_of_the_docstring_tells_of_sharing(docstring: str, tells: bool) -> None:
    assert _tells_of_sharing(docstring) is tells
