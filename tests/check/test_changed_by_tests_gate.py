"""What tests or their set-up change gets through, in every layout; what is only read does not."""

from itertools import product

import pytest

from cellwall.check.changed_by_tests_gate import may_be_changed_by_tests
from cellwall.check.rules.global_test_state import GlobalTestState
from cellwall.check.settings import CheckSettings
from tests.check.gate_and_rule import finds, is_kept_out, passes
from tests.check.spacing import layouts

SETTINGS = CheckSettings()
MADE = [
    "SEEN = {}\n", "SEEN: dict = {}\n", "(SEEN) = []\n", "import os; SEEN = dict()\n", "SEEN = (\n  [1])\n",
    "SEEN = None\n",
]  # fmt: skip
CHANGES = [
    "SEEN[1] = 2", "SEEN[1]: int = 2", "SEEN[a(1, b=2)][2:3] = 2", "SEEN[1] += 1", "SEEN[1] //= 1",
    "del SEEN[1]", "del a, SEEN[1]", "SEEN[1], a = 1, 2", "a, SEEN[1] = 1, 2", "[a, (SEEN[1])] = b",
    "x[f(1)], *SEEN[1] = b", "a = SEEN[1] = b", "x['f(['], SEEN[1] = b", "(SEEN[1]) = 2",
    "for SEEN[1] in a: pass", "for a, SEEN[1] in b: pass", "with a as SEEN[1]: pass",
    "with a as (b, SEEN[1]), c: pass", "f([0 for SEEN[1] in a])", "if a: SEEN[1] = 2",
    "x = f'{SEEN.pop(1)}'", "SEEN.add(1)", "f(SEEN.update(a=1))", "global SEEN; SEEN = 2",
    "global a, SEEN; SEEN = 2", "SEEN[1] = SEEN[2]", "x = [SEEN.append(a) for a in b]",
]  # fmt: skip
READS = [
    "f(SEEN['a'])", "x = SEEN['a']", "f(x, SEEN[a], b=1)", "assert SEEN['a'] == f(b=1), SEEN['b']",
    "if SEEN[1]: pass", "for x in SEEN[1]: pass", "x[SEEN[1]] = 2", "x = f'{SEEN[1]}/{a}'",
    "x = 'SEEN[1] = 2'", "SEEN[1].a = 2", "SEEN[1][2] = 3", "x = {SEEN[1]: 2}",
    "return SEEN[1]  # SEEN[1] = 2", "SEEN[1](a=1)",
]  # fmt: skip
AROUND = [
    "{made}def test_a():\n    {change}\n",
    "{made}class TestA:\n    def setup_method(self):\n        {change}\n",
    "import pytest\n{made}@pytest.fixture\ndef a():\n    def inner():\n        {change}\n    yield inner\n",
    "import pytest\n{made}@pytest.mark.slow\nasync def test_a():\n    '''\ndef b():\n'''\n    {change}\n",
    "class TestA:\n    {made}\n    def test_a(self):\n        {of_self}\n",
]
RESETS = [
    "Desk._rows = {}", "Desk._rows = None", "Desk._rows.clear()", "desk._rows = {}", "(Desk)._rows = []",
    "Desk._rows = x = None", "x = Desk._rows = (\n    None)", "if a: Desk._rows = {}",
]  # fmt: skip
SET_UP = [
    "import pytest\nfrom app import Desk, Desk as desk\n@pytest.fixture\ndef a():\n    {}\n",
    "from app import Desk\ndesk = Desk\nclass TestA:\n    def tearDown(self):\n        {}\n",
    "from app import Desk\ndesk: type = Desk\ndef setup_function():\n  {}\n",
]
HELPERS = [
    "def helper():\n    {}\n",
    "class Kept:\n    def put(self):\n        {}\n",
    "import pytest\n@pytest.mark.skip\ndef helper():\n    {}\n",
]


@pytest.mark.parametrize("around", AROUND)
def test_every_change_of_a_test_gets_through(around: str) -> None:
    count = 0
    for made, change in product(MADE, CHANGES):
        source = around.format(made=made, change=change, of_self=own(change))
        if finds(GlobalTestState(), source, SETTINGS):
            count += 1
            assert passes(GlobalTestState(), source, SETTINGS), source
    assert count > 60


@pytest.mark.parametrize(("around", "reset"), [*product(SET_UP, RESETS)])
def test_every_reset_of_set_up_code_gets_through(around: str, reset: str) -> None:
    source = around.format(reset)
    assert finds(GlobalTestState(), source, SETTINGS) or "desk" in reset
    for _, other in (("", source), *layouts(source)):
        assert not is_kept_out(GlobalTestState(), other, SETTINGS), other


@pytest.mark.parametrize("change", CHANGES[:6] + CHANGES[-3:])
def test_layouts_hide_no_change(change: str) -> None:
    for around in AROUND[:4]:
        for _, source in layouts(around.format(made="SEEN = {}\n", change=change)):
            assert not finds(GlobalTestState(), source, SETTINGS) or passes(
                GlobalTestState(), source, SETTINGS
            )


@pytest.mark.parametrize("read", READS)
def test_what_is_only_read_stays_out(read: str) -> None:
    source = f"SEEN = {{}}\n\n\ndef test_a():\n    {read}\n"
    assert not finds(GlobalTestState(), source, SETTINGS)
    assert not may_be_changed_by_tests(source.encode())


@pytest.mark.parametrize(("helper", "change"), [*product(HELPERS, ["SEEN[1] = 2", "global SEEN; SEEN = 1"])])
def test_what_no_test_and_no_set_up_changes_stays_out(helper: str, change: str) -> None:
    assert not may_be_changed_by_tests(("SEEN = {}\n" + helper.format(change)).encode())


@pytest.mark.parametrize(
    "source",
    [
        "from app import Desk\ndef test_a():\n    Desk._rows = {}\n",
        "from app import Desk\ndef setup():\n    Desk._rows = [1]\n    Desk._a = 'x'\n    a.Desk._b = None\n",
        "def setup():\n    desk = Desk()\n    desk._rows = {}\n",
        "class TestA:\n    def test_a(self, seen: list):\n        seen = []\n        self.seen[1] = 2\n",
        "def f():\n    global seen\n    seen = 1\n\n\ndef test_a():\n    assert seen\n",
    ],
)
def test_what_is_nobodys_state_stays_out(source: str) -> None:
    assert not finds(GlobalTestState(), source, SETTINGS)
    assert not may_be_changed_by_tests(source.encode())


def test_a_name_that_a_helper_makes_global_is_looked_for_in_tests() -> None:
    source = (
        "SEEN = None\n\n\ndef begin():\n    global SEEN\n    SEEN = {}\n\n\ndef test_a():\n    SEEN[1] = 2\n"
    )
    assert finds(GlobalTestState(), source, SETTINGS)
    assert passes(GlobalTestState(), source, SETTINGS)


def own(change: str) -> str:
    return change if "global" in change else change.replace("SEEN", "self.SEEN")
