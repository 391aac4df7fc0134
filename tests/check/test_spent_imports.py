"""Imports that a repair left without a use go with it; everything else at a module's top stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.check.spent_imports import without_spent_imports

USED = "def test_one():\n    assert Old.get() == Kept.get()\n"
UNUSED = "def test_one():\n    assert Kept.get()\n"


def without(before: str, after: str, path: str = "tests/test_one.py") -> str:
    return without_spent_imports(
        path, before.encode(), after.encode(), CheckSettings(), ProjectFacts()
    ).decode()


@pytest.mark.parametrize(
    ("head", "left"),
    [
        ("from app import Old\nfrom app import Kept\n", "from app import Kept\n"),
        ("from app import Old, Kept\n", "from app import Kept\n"),
        ("from app import Kept, Old\n", "from app import Kept\n"),
        ("from app import Kept, Former as Old\n", "from app import Kept\n"),
        ("from app import (\n    Old,\n    Kept,\n)\n", "from app import (\n    Kept,\n)\n"),
        ("from app import (\n    Kept,\n    Old,\n)\n", "from app import (\n    Kept,\n)\n"),
        ("from app import (\n    Old,\n)\nfrom app import Kept\n", "from app import Kept\n"),
        ("import pytest\n\nfrom app import Old\n\nKept = 1\n", "import pytest\n\nKept = 1\n"),
        (
            "import app\r\nfrom app import Old\r\nfrom b import Kept\r\n",
            "import app\r\nfrom b import Kept\r\n",
        ),
    ],
)
def test_a_name_without_a_use_is_taken_out(head: str, left: str) -> None:
    assert without(head + USED, head + UNUSED) == left + UNUSED


@pytest.mark.parametrize(
    "head",
    [
        "from app import Old  # registers itself\nfrom app import Kept\n",
        "from app import (\n    Kept,\n    Old,  # noqa: F401\n)\n",
        "from app import Old; from app import Kept\n",
        "try:\n    from app import Old\nexcept ImportError:\n    Old = None\nfrom app import Kept\n",
        "import Old\nfrom app import Kept\n",
        "from app import *\n",
        '__all__ = ["Old"]\nfrom app import Old, Kept\n',
        "from app import \\\n    Old\nfrom app import Kept\n",
    ],
)
def test_what_may_be_meant_stays(head: str) -> None:
    assert without(head + USED, head + UNUSED) == head + UNUSED


@pytest.mark.parametrize(
    "use",
    [
        '    with patch("tests.test_one.Old"):\n        pass\n',
        "    def inner(Old):\n        return 1\n",
        "    global Old\n",
        "    assert isinstance(1, Old)\n",
        '    value: "Old" = 1\n',
    ],
)
def test_a_name_that_is_still_spelled_stays(use: str) -> None:
    head = "from app import Old, Kept\n"
    assert without(head + USED, head + UNUSED + use) == head + UNUSED + use


def test_prose_is_no_use() -> None:
    head = '"""About Old."""\nfrom app import Old, Kept\n'
    assert "Old, " not in without(head + USED, head + UNUSED + "    # no Old here\n")


def test_what_nobody_used_before_is_not_the_repairs_business() -> None:
    source = "from app import Old, Kept\n" + UNUSED
    assert without(source, source) == source


@pytest.mark.parametrize("path", ["tests/conftest.py", "tests/builders.py", "app/service.py"])
def test_other_files_may_import_from_what_is_no_test_module(path: str) -> None:
    head = "from app import Old, Kept\n"
    assert without(head + USED, head + UNUSED, path) == head + UNUSED


names = st.lists(st.sampled_from(["Old", "Kept", "Other", "Third"]), min_size=1, max_size=4, unique=True)


@given(names, st.booleans(), st.sets(st.sampled_from(["Old", "Other", "Third"])))
def test_what_is_used_stays_importable(imported: list[str], broken: bool, used: set[str]) -> None:
    listed = "(\n    " + ",\n    ".join(imported) + ",\n)" if broken else ", ".join(imported)
    before = f"from app import {listed}\n\nprint({', '.join(imported)})\n"
    after = f"from app import {listed}\n\nprint({', '.join(sorted(used))})\n"
    changed = without(before, after)
    compile(changed, "x", "exec")
    kept = [name for name in imported if name in used]
    head = changed.partition("print")[0]
    assert [name for name in imported if name in head] == kept
    assert without(before, changed) == changed
