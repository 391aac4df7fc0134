# ruff: noqa: E501, PLR0917  # one line a mutant reads best
"""Each way to weaken a test is refused, with evidence that names place, test, and both texts."""

from collections.abc import Callable

import pytest

from cellwall.migrate.gates.gate import Verdict

# name, old text (stands once in the legacy module), new text, what the evidence must name
MUTANTS = [
    ("assertion deleted", "    assert result.items == [1, 2, 3]\n", "", "test_agent"),
    ("assertion true", "assert result.items == [1, 2, 3]", "assert True", "assert True"),
    ("constant truth", "assert result.items == [1, 2, 3]", "assert (result.items, [1, 2, 3])", "test_agent"),
    ("or true", "assert result.items == [1, 2, 3]", "assert result.items == [1, 2, 3] or True", "or True"),
    ("equal to in", 'assert result.owner == "ann"', 'assert "ann" in result.owner', "in result.owner"),
    ("exact to not none", 'assert result.owner == "ann"', "assert result.owner is not None", "is not None"),
    ("truth for identity", "assert result.ok is True", "assert result.ok", "test_agent"),
    ("expected value", "assert result.items == [1, 2, 3]", "assert result.items == [1, 2]", "[1, 2]"),
    (
        "compared with itself",
        "assert result.items == [1, 2, 3]",
        "assert result.items == result.items",
        "test_agent",
    ),
    ("negated", "assert result.ok is True", "assert not result.ok is True", "test_agent"),
    (
        "assertion in a comment",
        "    assert result.ok is True",
        "    # assert result.ok is True",
        "test_agent",
    ),
    (
        "assertion in a string",
        "    assert result.ok is True",
        '    """assert result.ok is True"""',
        "test_agent",
    ),
    ("swapped for print", "    assert result.ok is True", "    print(result.ok is True)", "test_agent"),
    ("argument of the act", 'agent.run("list", limit=5)', 'agent.run("list", limit=1)', "limit=1"),
    ("act replaced", 'result = agent.run("list", limit=5)', "result = Mock(owner='ann')", "Mock"),
    (
        "agent replaced",
        'agent = AgentRegistry.get_agent("planner")\n    result = agent.run("list", limit',
        'agent = Mock()\n    result = agent.run("list", limit',
        "Mock",
    ),
    (
        "another agent",
        'agent = AgentRegistry.get_agent("planner")\n    result = agent.run("list", limit',
        'agent = agent_instance_factory.create_agent("easy", user_context)\n    result = agent.run("list", limit',
        "test_agent",
    ),
    (
        "value set before the assertion",
        '    assert result.owner == "ann"',
        '    result = Mock(owner="ann")\n    assert result.owner == "ann"',
        "result",
    ),
    (
        "attribute set before the assertion",
        '    assert result.owner == "ann"',
        '    result.owner = "ann"\n    assert result.owner == "ann"',
        "result.owner",
    ),
    (
        "setattr before the assertion",
        '    assert result.owner == "ann"',
        '    setattr(result, "owner", "ann")\n    assert result.owner == "ann"',
        "setattr",
    ),
    (
        "alias changed",
        '    assert result.owner == "ann"',
        '    other = result\n    other.owner = "ann"\n    assert result.owner == "ann"',
        "test_agent",
    ),
    (
        "updated by a call",
        '    assert result.owner == "ann"',
        '    result.items.clear()\n    assert result.owner == "ann"',
        "result",
    ),
    (
        "walrus",
        '    assert result.owner == "ann"',
        '    assert (result := Mock(owner="ann"))\n    assert result.owner == "ann"',
        "test_agent",
    ),
    (
        "return first",
        '    assert result.owner == "ann"',
        '    return\n    assert result.owner == "ann"',
        "early end",
    ),
    (
        "skip first",
        '    assert result.owner == "ann"',
        '    pytest.skip("later")\n    assert result.owner == "ann"',
        "pytest.skip",
    ),
    (
        "raise SkipTest",
        '    assert result.owner == "ann"',
        '    raise unittest.SkipTest("x")\n    assert result.owner == "ann"',
        "SkipTest",
    ),
    (
        "importorskip",
        '    assert result.owner == "ann"',
        '    pytest.importorskip("nothing")\n    assert result.owner == "ann"',
        "importorskip",
    ),
    (
        "xfail call",
        '    assert result.owner == "ann"',
        '    pytest.xfail("x")\n    assert result.owner == "ann"',
        "xfail",
    ),
    (
        "exit",
        '    assert result.owner == "ann"',
        '    import os; os._exit(0)\n    assert result.owner == "ann"',
        "_exit",
    ),
    (
        "if false",
        "    assert result.ok is True",
        "    if False:\n        assert result.ok is True",
        "if False",
    ),
    (
        "if type checking",
        "    assert result.ok is True",
        "    if result:\n        assert result.ok is True",
        "test_agent",
    ),
    (
        "swallowed",
        "    assert result.ok is True",
        "    try:\n        assert result.ok is True\n    except AssertionError:\n        pass",
        "try",
    ),
    (
        "suppressed",
        "    assert result.ok is True",
        "    with contextlib.suppress(Exception):\n        assert result.ok is True",
        "suppress",
    ),
    (
        "finally return",
        "    assert result.ok is True",
        "    try:\n        assert result.ok is True\n    finally:\n        return",
        "return",
    ),
    (
        "nested function",
        "    assert result.ok is True",
        "    def later():\n        assert result.ok is True",
        "test_agent",
    ),
    ("lambda", "    assert result.ok is True", "    check = lambda: result.ok is True", "test_agent"),
    (
        "body passed",
        'def test_socket(manager):\n    manager.connect("ann", "ws-1")\n',
        "def test_socket(manager):\n    pass\n",
        "test_socket",
    ),
    (
        "test deleted",
        """    def test_empty(self):
        assert self.session.count() == 0
""",
        "",
        "test_empty",
    ),
    (
        "test commented out",
        """    def test_empty(self):
        assert self.session.count() == 0
""",
        """    # def test_empty(self):
    #     assert self.session.count() == 0
""",
        "commented out",
    ),
    ("test renamed", "def test_socket(", "def _test_socket(", "test_socket"),
    ("test renamed x", "def test_socket(", "def xtest_socket(", "test_socket"),
    (
        "test nested",
        "def test_socket(manager):\n    manager",
        "def outer():\n  def test_socket(manager):\n    manager",
        "test_socket",
    ),
    ("homoglyph", "def test_socket(", "def tеst_socket(", "test_socket"),  # a Cyrillic letter
    ("class renamed", "class TestOrders:", "class OrdersTests:", "TestOrders"),
    (
        "class with init",
        "class TestOrders:\n",
        "class TestOrders:\n    def __init__(self):\n        self.x = 1\n\n",
        "__init__",
    ),
    ("class not a test", "class TestOrders:\n", "class TestOrders:\n    __test__ = False\n\n", "__test__"),
    ("module not a test", "RATE = 3\n", "RATE = 3\n__test__ = False\n", "__test__"),
    ("base class dropped", "class OrdersCase(unittest.TestCase):", "class OrdersCase:", "base classes"),
    (
        "function not a test",
        "class TestOrders:",
        "test_agent.__test__ = False\n\n\nclass TestOrders:",
        "__test__",
    ),
    ("skip mark", "def test_socket(", "@pytest.mark.skip\ndef test_socket(", "skip added"),
    (
        "skipif mark",
        "def test_socket(",
        "@pytest.mark.skipif(True, reason='x')\ndef test_socket(",
        "skip added",
    ),
    ("xfail mark", "def test_socket(", "@pytest.mark.xfail(strict=False)\ndef test_socket(", "xfail added"),
    ("unittest skip", "    def test_equal(", "    @unittest.skip('x')\n    def test_equal(", "skip added"),
    ("class skipped", "class TestOrders:", "@pytest.mark.skip\nclass TestOrders:", "skip added"),
    ("module skipped", "RATE = 3\n", "RATE = 3\npytestmark = pytest.mark.skip\n", "pytestmark"),
    ("skip at import", "RATE = 3\n", "RATE = 3\npytest.skip(allow_module_level=True)\n", "skip"),
    (
        "rebound to skip",
        "class TestOrders:",
        "test_agent = pytest.mark.skip(test_agent)\n\n\nclass TestOrders:",
        "test_agent",
    ),
    ("flaky mark", "def test_socket(", "@pytest.mark.flaky(reruns=9)\ndef test_socket(", "flaky added"),
    ("timeout mark", "def test_socket(", "@pytest.mark.timeout(900)\ndef test_socket(", "timeout added"),
    ("slow mark", "def test_socket(", "@pytest.mark.slow\ndef test_socket(", "decorator added"),
    ("swallowing decorator", "def test_socket(", "@lenient\ndef test_socket(", "decorator added"),
    (
        "patch decorator",
        "def test_socket(",
        "@patch('shop.sockets.WebSocketManager')\ndef test_socket(",
        "patch added",
    ),
    ("parametrisation shorter", "[(1, 3), (2, 6), (5, 15)]", "[(1, 3)]", "parametrize"),
    ("parametrisation changed", "(5, 15)", "(5, 99)", "parametrize"),
    (
        "parametrisation gone",
        '@pytest.mark.parametrize("amount, expected", [(1, 3), (2, 6), (5, 15)])\ndef test_total(cart, amount, expected):',
        "def test_total(cart, amount=1, expected=3):",
        "parametrize",
    ),
    ("usefixtures gone", '@pytest.mark.usefixtures("quiet")\n', "", "usefixtures removed"),
    ("tolerance widened", "rel=1e-6", "rel=10", "rel=10"),
    ("tolerance of arrays", "atol=0.01", "atol=100", "atol=100"),
    (
        "arrays not compared",
        "    np.testing.assert_allclose(result.prices, [1.5, 2.5], atol=0.01)\n",
        "",
        "assert_allclose",
    ),
    ("constant changed", "RATE = 3", "RATE = 0", "RATE = 0"),
    ("fewer rounds", "range(10)", "range(1)", "range(1)"),
    (
        "break in the loop",
        '        cart.add("pen", number)\n',
        '        cart.add("pen", number)\n        break\n',
        "break",
    ),
    (
        "continue in the loop",
        '        cart.add("pen", number)\n',
        '        cart.add("pen", number)\n        continue\n',
        "continue",
    ),
    ("condition narrowed", "if cart.is_open:", "if cart.is_open and False:", "and False"),
    (
        "raises any",
        'pytest.raises(ValueError, match="negative")',
        "pytest.raises(Exception)",
        "raises(Exception)",
    ),
    (
        "raises without match",
        'pytest.raises(ValueError, match="negative")',
        "pytest.raises(ValueError)",
        "raises(ValueError)",
    ),
    (
        "raises raised by hand",
        '        cart.add("pen", -1)',
        '        raise ValueError("negative")',
        "test_errors",
    ),
    (
        "warns gone",
        "    with pytest.warns(UserWarning):\n        cart.close()",
        "    cart.close()",
        "test_errors",
    ),
    (
        "assertRaises any",
        "self.assertRaises(KeyError)",
        "self.assertRaises(Exception)",
        "assertRaises(Exception)",
    ),
    (
        "assertEqual to assertTrue",
        "self.assertEqual(agent.count(), 2)",
        "self.assertTrue(agent.count())",
        "assertTrue",
    ),
    ("called once to called", 'assert_called_once_with("hello")', "assert_called()", "assert_called()"),
    (
        "misspelt mock assertion",
        "sink.write.assert_called_once_with(",
        "sink.write.called_once_with(",
        "test_mock",
    ),
    ("helper not called", "    assert_isolated(sink)\n", "", "assert_isolated"),
    (
        "helper redefined",
        "RATE = 3\n",
        "RATE = 3\n\n\ndef assert_isolated(sink):\n    pass\n",
        "assert_isolated",
    ),
    (
        "helper imported from elsewhere",
        "from shop.checks import assert_isolated, check_cart",
        "from shop.checks import check_cart\nfrom shop.fakes import assert_isolated",
        "assert_isolated",
    ),
    (
        "helper aliased",
        "from shop.checks import assert_isolated, check_cart",
        "from shop.checks import noop as assert_isolated, check_cart",
        "assert_isolated",
    ),
    (
        "subject imported from elsewhere",
        "from shop.cart import Cart, total",
        "from shop.fakes import Cart, total",
        "Cart",
    ),
    (
        "helper shadowed by a local",
        "    sink = Mock()\n",
        "    sink = Mock()\n    assert_isolated = print\n",
        "assert_isolated",
    ),
    ("own helper emptied", "    assert result.owner == owner\n", "    pass\n", "check_owner"),
    ("own helper weaker", "assert result.owner == owner", "assert result", "check_owner"),
    (
        "own helper defined again",
        "def test_agent():",
        "def check_owner(result, owner):\n    pass\n\n\ndef test_agent():",
        "defined again",
    ),
    (
        "test defined again",
        "class TestOrders:",
        "def test_agent():\n    assert True\n\n\nclass TestOrders:",
        "defined again",
    ),
    (
        "method defined again",
        "class OrdersCase(",
        "    def test_store(self):\n        pass\n\n\nclass OrdersCase(",
        "defined again",
    ),
    ("test deleted by name", "class TestOrders:", "del test_agent\n\n\nclass TestOrders:", "test_agent"),
    ("builtin shadowed", "RATE = 3\n", "RATE = 3\nlen = lambda x: 1\n", "len"),
    ("fixture without assertion", "    assert made.is_empty()\n", "", "cart"),
    ("fixture fakes", '    made = Cart("ann")\n', "    made = Mock()\n", "Mock"),
    (
        "fixture skips",
        "    assert made.is_empty()\n",
        "    pytest.skip('x')\n    assert made.is_empty()\n",
        "skip",
    ),
    (
        "fixture defined again",
        "def check_owner(",
        "@pytest.fixture\ndef cart():\n    return Mock()\n\n\ndef check_owner(",
        "defined again",
    ),
    (
        "fixture hidden by name",
        "def check_owner(",
        "@pytest.fixture(name='quiet')\ndef other():\n    return 1\n\n\ndef check_owner(",
        "quiet",
    ),
    (
        "autouse fixture",
        "def check_owner(",
        "@pytest.fixture(autouse=True)\ndef all_tests():\n    yield\n\n\ndef check_owner(",
        "every test gets",
    ),
    (
        "setup added",
        "    def test_empty(",
        "    def teardown_method(self):\n        self.orders.clear()\n\n    def test_empty(",
        "teardown_method",
    ),
    ("setup emptied", "        self.orders = []\n", "", "setup_method"),
    ("setup async", "    def setup_method(self):", "    async def setup_method(self):", "nobody awaits"),
    (
        "assertEqual overridden",
        "class OrdersCase(unittest.TestCase):\n",
        "class OrdersCase(unittest.TestCase):\n    def assertEqual(self, a, b):\n        pass\n\n",
        "assertEqual",
    ),
    ("await dropped on a helper", "    await check_cart(cart)", "    check_cart(cart)", "await"),
    (
        "await dropped in an assertion",
        "assert await result.count() == 0",
        "assert result.count() == 0 or True",
        "test_coroutine",
    ),
    ("await dropped on a value", "result = await cart.load()", "result = cart.load()", "await"),
    (
        "async without a runner in unittest",
        "    def test_equal(self):",
        "    async def test_equal(self):",
        "unittest",
    ),
    (
        "own helper async and not awaited",
        "def check_owner(result, owner):",
        "async def check_owner(result, owner):",
        "nobody awaits",
    ),
    (
        "generator",
        '    assert result.owner == "ann"',
        '    yield\n    assert result.owner == "ann"',
        "generator",
    ),
    (
        "patch in the body",
        '    tool.send("hello", sink)\n    sink',
        "    with patch('shop.mail.send'):\n        tool.send(\"hello\", sink)\n    sink",
        "patch",
    ),
    (
        "monkeypatch as a parameter",
        "def test_socket(manager):",
        "def test_socket(manager, monkeypatch):",
        "monkeypatch",
    ),
    ("parameter dropped", "def test_loop(cart):", "def test_loop(cart=None):", "parameter"),
    (
        "two users made one",
        'assert manager.sent("bob") == []',
        'assert manager.sent("ann") == []',
        "test_socket",
    ),
    (
        "moved before the act",
        '    manager.send("ann", {"event": "hi"})\n    assert manager.sent("ann") == [{"event": "hi"}]\n    assert manager.sent("bob") == []\n',
        '    assert manager.sent("bob") == []\n    manager.send("ann", {"event": "hi"})\n    assert manager.sent("ann") == [{"event": "hi"}]\n',
        "test_socket",
    ),
    (
        "under a false condition",
        "def test_socket(manager):",
        "if False:\n  def test_socket(manager):",
        "test_socket",
    ),
    (
        "staticmethod on the class",
        "    def test_empty(self):",
        "    @property\n    def test_empty(self):",
        "decorator added",
    ),
    (
        "everything imported",
        "import numpy as np",
        "import numpy as np\nfrom shop.fakes import *",
        "everything",
    ),
]


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize(("name", "old", "new", "named"), MUTANTS, ids=[mutant[0] for mutant in MUTANTS])
def test_a_weakened_test_is_refused(
    name: str,
    old: str,
    new: str,
    named: str,
    legacy: str,
    changed: Callable[..., str],
    judge: Callable[..., Verdict],
) -> None:
    after = changed([(old, new)])
    if name in ("test nested", "under a false condition"):  # the rest of the function goes with its head
        head, tail = after.split("def test_socket(manager):\n", 1)
        body, rest = tail.split("\n\n\n", 1)
        body = "\n".join("    " + line for line in body.split("\n"))
        after = f"{head}def test_socket(manager):\n{body}\n\n\n{rest}"
    compile(after, "after", "exec")
    verdict = judge(legacy, after)
    assert not verdict.passed
    assert "tests/test_shop.py:" in verdict.evidence
    assert named in verdict.evidence
