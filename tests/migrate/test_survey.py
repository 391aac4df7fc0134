"""Who owns which file: the most specific glob, then plan order; nobody owns what is no Python file."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.migrate.plan.model import Plan
from cellwall.migrate.plan.parse import parse_plan, read_plan
from cellwall.migrate.survey import Overlap, survey
from cellwall.project.test_files import is_test_file

REWORDED = Path(__file__).resolve().parents[1] / "fixtures" / "plans" / "reworded_plan.md"


def _plan(**scopes: str) -> Plan:
    """Make a plan of `a1="glob, glob"`, in the order given."""
    parts = (f"## Agent {name[1:]}: {name}\n**Scope**: {globs}\n" for name, globs in scopes.items())
    return parse_plan("\n".join(parts), "PLAN.md")


def test_the_most_specific_glob_owns() -> None:
    plan = _plan(a1="`**/test_cart*.py`", a2="`tests/**`", a3="`tests/deep/**`")
    found = survey(
        plan, ["test_cart.py", "tests/test_cart.py", "tests/deep/test_cart.py"], is_test=is_test_file
    )
    assert found.owned == {
        1: ("test_cart.py",),
        2: ("tests/test_cart.py",),
        3: ("tests/deep/test_cart.py",),
    }
    assert found.overlaps == (
        Overlap("tests/deep/test_cart.py", (1, 2, 3), 3),
        Overlap("tests/test_cart.py", (1, 2), 2),
    )


def test_of_equal_globs_the_first_in_the_plan_owns() -> None:
    plan = _plan(a7="`**/carts/**`", a2="`**/board/**`")
    found = survey(plan, ["tests/board/carts/test_a.py"], is_test=is_test_file)
    assert found.owned == {7: ("tests/board/carts/test_a.py",), 2: ()}
    assert found.overlaps[0].agents == (7, 2)


def test_an_agent_counts_with_its_best_glob_and_two_of_its_globs_are_no_overlap() -> None:
    plan = _plan(a1="`**/test_*.py`, `tests/deep/**`", a2="`tests/**`")
    found = survey(plan, ["tests/deep/test_a.py"], is_test=is_test_file)
    assert found.owned[1] == ("tests/deep/test_a.py",)
    alone = survey(
        _plan(a1="`**/test_*.py`, `tests/deep/**`"), ["tests/deep/test_a.py"], is_test=is_test_file
    )
    assert alone.overlaps == ()


def test_application_files_are_kept_apart() -> None:
    plan = _plan(a1="`**/carts/**`")
    paths = ["shop/carts/model.py", "shop/carts/tests/test_model.py", "shop/carts/readme.md"]
    found = survey(plan, paths, is_test=is_test_file)
    assert found.owned == {1: ("shop/carts/tests/test_model.py",)}
    assert found.application == {1: ("shop/carts/model.py",)}


def test_test_modules_in_no_scope_and_empty_globs_are_listed() -> None:
    plan = _plan(a1="`tests/a/**`", a2="`tests/none/**`, `frontend/**`")
    paths = [
        "tests/a/test_a.py",
        "tests/b/test_b.py",
        "tests/b/factories.py",
        "frontend/app.ts",
        "shop/model.py",
    ]
    found = survey(plan, paths, is_test=is_test_file)
    assert found.orphans == ("tests/b/test_b.py",)
    assert found.empty_globs == ((2, "tests/none/**", 5),)


def test_an_agent_without_scope_owns_nothing() -> None:
    plan = parse_plan("## Agent 4: Nobody\n", "PLAN.md")
    found = survey(plan, ["tests/test_a.py"], is_test=is_test_file)
    assert found.owned == found.application == {4: ()}


def test_the_reworded_plan() -> None:
    paths = [
        "shop/checkout/tests/test_checkout.py",
        "tests/test_checkout_card.py",
        "shop/carts/tests/conftest.py",
    ]
    found = survey(read_plan(REWORDED), paths, is_test=is_test_file)
    assert found.owned[20] == ("shop/checkout/tests/test_checkout.py",)
    assert found.owned[50] == ("tests/test_checkout_card.py",)
    assert found.owned[10] == ("shop/carts/tests/conftest.py",)


_PATHS = st.lists(
    st.lists(
        st.sampled_from(["tests", "carts", "board", "test_a.py", "b.py", "c.txt"]), min_size=1, max_size=4
    ).map("/".join),
    max_size=12,
)
_GLOBS = st.lists(
    st.sampled_from(["**", "tests/**", "**/carts/**", "carts", "*.py", "**/test_*.py", "board/tests/**"]),
    min_size=1,
    max_size=4,
)


@settings(derandomize=True, max_examples=300)
@given(_PATHS, st.lists(_GLOBS, min_size=1, max_size=4))
def test_every_python_file_is_owned_once_or_in_no_scope(paths: list[str], globs: list[list[str]]) -> None:
    scopes = {f"a{number}": ", ".join(f"`{g}`" for g in found) for number, found in enumerate(globs, start=1)}
    plan = _plan(**scopes)
    found = survey(plan, paths, is_test=is_test_file)
    owned = [path for table in (found.owned, found.application) for files in table.values() for path in files]
    assert len(owned) == len(set(owned))
    assert set(found.orphans).isdisjoint(owned)
    assert {overlap.path for overlap in found.overlaps} <= set(owned)
    for overlap in found.overlaps:
        assert overlap.owner in overlap.agents
    again = survey(plan, list(reversed(paths)), is_test=is_test_file)
    assert again == found
