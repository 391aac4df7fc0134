"""A fixture may be made for each test instead of for many; no more of its decorator may change."""

from collections.abc import Callable

import pytest

from cellwall.migrate.gates.gate import Verdict


def a_module(decorator: str) -> str:
    return (
        f"import pytest\nfrom shop import Till\n\n\n{decorator}\ndef till():\n    return Till()\n\n\n"
        "def test_it_is_empty(till):\n    assert till.coins == []\n"
    )


@pytest.mark.parametrize("scope", ["class", "module", "package", "session"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('@pytest.fixture(scope="{}")', "@pytest.fixture"),
        ('@pytest.fixture(scope="{}")', "@pytest.fixture()"),
        ('@pytest.fixture(scope="{}", name="till")', '@pytest.fixture(name="till")'),
        ('@pytest.fixture(scope="{}", params=[1, 2])', "@pytest.fixture(params=[1, 2])"),
    ],
)
def test_for_each_test(before: str, after: str, scope: str, judge: Callable[..., Verdict]) -> None:
    verdict = judge(a_module(before.format(scope)), a_module(after))
    assert verdict.passed, verdict.evidence


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("@pytest.fixture", '@pytest.fixture(scope="module")'),
        ('@pytest.fixture(scope="class")', '@pytest.fixture(scope="session")'),
        ('@pytest.fixture(scope="module", params=[1, 2])', "@pytest.fixture(params=[1])"),
        ('@pytest.fixture(scope="module", params=[1, 2])', "@pytest.fixture"),
        ('@pytest.fixture(scope="module", autouse=True)', "@pytest.fixture(autouse=True)"),
        ('@pytest.fixture(scope="module", autouse=True)', "@pytest.fixture"),
        ('@pytest.fixture(**{"scope": "module"})', "@pytest.fixture"),
        ('@pytest.fixture(scope="module")', "@pytest.mark.skip\n@pytest.fixture"),
        ('@pytest.fixture(scope="module")', ""),
    ],
)
def test_nothing_else(before: str, after: str, judge: Callable[..., Verdict]) -> None:
    assert not judge(a_module(before), a_module(after)).passed
