"""One user's tests run as many by real pytest: what is found, what is silent, what the reader is told."""

import re
import shlex
from pathlib import Path

import pytest

from tests.testing.many_users.conftest import ENVIRONMENT, INI, NEW_ASYNCIO, PLUGINS, Answer, RunPytest
from tests.testing.many_users.warm_pytest import WarmPytest

SERVICE = '''
import asyncio, logging
import pytest


class Service:
    """Keeps the user of the request on itself, as services do that were written for one user."""

    def __init__(self):
        self.user = None

    async def who_am_i(self, context):
        self.user = context.user_id
        await asyncio.sleep(0)
        return self.user


@pytest.fixture
async def service():
    yield Service()


@pytest.fixture
async def ask(service, user_context):
    yield lambda: service.who_am_i(user_context)
'''
LEAK = (
    SERVICE
    + """
async def test_it(ask, user_context):
    print("I am", user_context.user_id)
    logging.getLogger("shop").warning("asked by %s", user_context.user_id)
    answer = await ask()
    assert answer == user_context.user_id
"""
)
# Every fixture is noted when it is made and ended: kind, then for whom.
KINDS = """
import asyncio
import pytest

events = []

@pytest.fixture(scope="session")
def of_session():
    events.append("session"); yield 1; events.append("session ended")

@pytest.fixture(scope="session")
async def of_session_awaited():
    events.append("awaited session"); yield asyncio.get_running_loop(); events.append("awaited session ended")

@pytest.fixture
def shared(of_session):
    events.append("shared"); yield object(); events.append("shared ended")

@pytest.fixture
async def own(shared, user_context):
    events.append("own"); yield [user_context]; events.append("own ended")

@pytest.fixture
def derived(own):
    events.append("derived"); yield own; events.append("derived ended")

@pytest.fixture(autouse=True)
def always(request):
    events.append("always"); yield; events.append("always ended")

seen = []

async def test_kinds(of_session, of_session_awaited, shared, derived, user_context, tmp_path, monkeypatch):
    assert of_session_awaited is asyncio.get_running_loop()
    assert derived[0] is user_context
    (tmp_path / user_context.user_id).touch()
    seen.append((id(shared), id(derived), user_context, tmp_path))
    await asyncio.sleep(0)
    events.append("body")

def test_what_was_made():
    shared, derived, contexts, folders = zip(*seen)
    assert len(seen) == 3 and len(set(shared)) == 1 and len(set(folders)) == 1
    assert len(set(derived)) == len({c.user_id for c in contexts}) == 3
    assert all(context.closed for context in contexts)
    assert events.pop() == "always"
    first = events.index("body")
    assert sorted(events[:first]) == sorted(
        ["session", "awaited session", "always", "shared"] + ["own", "derived"] * 3)
    assert events[first:first + 3] == ["body"] * 3
    assert events[first + 3:] == ["derived ended", "own ended"] * 3 + [
        "shared ended", "always ended", "awaited session ended"]
"""


def only(answer: Answer) -> str:
    """Give the text of the one test that failed."""
    [text] = [body for body in answer.bodies.values() if body]
    return text


def test_a_leak_is_found_that_one_user_never_sees(run_pytest: RunPytest) -> None:
    assert run_pytest(LEAK).outcomes == {"test_it": "passed"}
    found = run_pytest(LEAK, "--concurrent-users", "4", "-l")
    assert found.verdicts() == {"test_it": "leak"}
    text = only(found)
    assert re.search(r"assert 'test-user-.*' == 'test-user-.*'", text), "pytest's own rewritten assertion"
    assert re.search(r"test_it.py:\d+: AssertionError", text)
    assert "answer     = 'test-user-" in text, "local variables"
    assert "cellwall: LEAK: u1 saw what is u4's own" in text
    assert "who:    u1 of 4 users, in body; 2 others failed, 1 passed" in text
    assert re.search(r"what:   test-user-\w+ is u4's\n", text)
    assert (
        "repeat: pytest test_it.py::test_it --concurrent-users 4 --isolation-seed 0 --no-isolation-probes"
        in text
    )
    assert "many_users" not in text, "none of our frames"


def test_the_command_that_repeats_works_where_it_was_printed(warm_pytest: WarmPytest, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(INI)
    (tmp_path / "test_it.py").write_text(LEAK)
    below = tmp_path / "below"
    below.mkdir()
    plugins = [word for plugin in PLUGINS for word in ("-p", plugin)]
    _, told = warm_pytest.run(below, [*plugins, "--concurrent-users", "3", "../test_it.py"], ENVIRONMENT)
    repeat = re.search(r"repeat: pytest (.*)", told)
    assert repeat, told
    _, again = warm_pytest.run(below, [*plugins, *shlex.split(repeat[1])], ENVIRONMENT)
    said = [re.findall(r"LEAK: .*|who: .*", text) for text in (told, again)]
    assert said[0] == said[1] != []


def test_each_users_output_has_a_section(run_pytest: RunPytest) -> None:
    text = run_pytest(LEAK, "--concurrent-users", "3").text
    for user in ("u1", "u2", "u3"):
        section = re.search(rf"-+ Captured {user}, stdout call -+\n(.*)\n", text)
        assert section
        assert section[1].startswith("I am test-user-")
        log = re.search(rf"-+ Captured {user}, log call -+\n(.*)\n", text)
        assert log
        assert re.fullmatch(r"WARNING +shop:test_it.py:\d+ asked by test-user-.*", log[1])
    assert re.search(r"-+ Captured u2, body call -+\ntest_it.py:\d+: in test_it\n", text)
    assert "u1, body call" not in text, "the first failure is the test's own"


def test_the_summary_counts(run_pytest: RunPytest) -> None:
    text = run_pytest(LEAK + "\ndef test_plain(user_context): pass\n", "--concurrent-users", "3").text
    assert "1 test ran as 3 users in 1 run: 1 leak" in text
    assert "1 test ran as one user: it is no coroutine; --isolation-threads" in text
    assert "test_it.py::test_it: LEAK: u1 saw what is u3's own" in text


def test_a_suite_in_which_nothing_runs_as_many_says_so(run_pytest: RunPytest) -> None:
    text = run_pytest("def test_old(): pass\n", "--concurrent-users", "3").text
    assert "no test ran as 3 users: none takes the fixture `user_context`" in text
    assert "no test ran" not in run_pytest("def test_old(): pass\n").text


def test_without_the_option_nothing_happens(run_pytest: RunPytest) -> None:
    found = run_pytest(LEAK)
    assert found.records == {}
    assert "cellwall" not in found.text


def test_who_makes_which_fixture(run_pytest: RunPytest) -> None:
    found = run_pytest(KINDS, "--concurrent-users", "3")
    assert found.outcomes == {"test_kinds": "passed", "test_what_was_made": "passed"}, found.text


@pytest.mark.skipif(
    not NEW_ASYNCIO, reason="pytest-asyncio before 0.24 takes the fixture from anyio's plugin"
)
def test_under_anyios_plugin(run_pytest: RunPytest) -> None:
    tests = LEAK.replace("async def test_it", "@pytest.mark.anyio\nasync def test_it")
    tests += "\n@pytest.fixture\ndef anyio_backend(): return 'asyncio'\n"
    ini = INI.replace("asyncio_mode = auto", "asyncio_mode = strict")
    assert run_pytest(tests, ini=ini).outcomes == {"test_it": "passed"}
    assert run_pytest(tests, "--concurrent-users", "3", ini=ini).verdicts() == {"test_it": "leak"}


def test_marker_and_ini_ask_too(run_pytest: RunPytest) -> None:
    marked = LEAK.replace("async def test_it", "@pytest.mark.isolation(users=3)\nasync def test_it")
    assert run_pytest(marked).verdicts() == {"test_it": "leak"}
    assert run_pytest(marked, "--concurrent-users", "1").outcomes == {"test_it": "passed"}
    assert run_pytest(LEAK, ini=INI + "isolation_users = 3\n").records["test_it"]["users"] == 3
    off = LEAK.replace("async def test_it", "@pytest.mark.isolation(users=1)\nasync def test_it")
    assert run_pytest(off, "--concurrent-users", "3").outcomes == {"test_it": "passed"}


@pytest.mark.parametrize(
    ("arguments", "ini", "message"),
    [
        (("--concurrent-users", "100000"), "", "100000 users cannot be run"),
        ((), "isolation_users = many\n", "invalid literal"),
        (("--concurrent-users", "3", "--schedules", "0"), "", "greater than 0"),
    ],
)
def test_nonsense_is_refused(
    run_pytest: RunPytest, arguments: tuple[str, ...], ini: str, message: str
) -> None:
    found = run_pytest(LEAK, *arguments, ini=INI + ini)
    assert found.code == 4
    assert f"cellwall: {message}" in found.text or message in found.text


def test_a_marker_that_is_not_known_is_told(run_pytest: RunPytest) -> None:
    found = run_pytest(LEAK.replace("async def test_it", "@pytest.mark.isolation(user=3)\nasync def test_it"))
    assert (
        "the marker isolation knows users, seed, schedules, budget, cancel, probes, presence, not user"
        in only(found)
    )


def test_failures_in_set_up_and_teardown_have_their_phase(run_pytest: RunPytest) -> None:
    found = run_pytest(
        SERVICE
        + """
torn = []

@pytest.fixture
def first(user_context):
    yield
    torn.append(user_context.user_id)

@pytest.fixture
async def breaks(first, user_context, service):
    if service.user:
        raise RuntimeError("the second user cannot be set up")
    service.user = user_context
    yield

@pytest.fixture
async def breaks_late(first, user_context):
    yield
    raise RuntimeError("cannot be torn down")

async def test_set_up(breaks): pass
def test_all_set_up_were_torn_down(): assert len(torn) >= 2 and len(torn) == len(set(torn))
async def test_teardown(breaks_late): pass
async def test_body(first, user_context): assert False
def test_again(): assert len(torn) == len(set(torn)) >= 9
""",
        "--concurrent-users",
        "3",
    )
    assert "who:    u2 of 3 users, in set-up; 0 others failed, 0 passed" in found.bodies["test_set_up"]
    assert found.verdicts()["test_teardown"] == found.verdicts()["test_body"] == "fails for one user too"
    assert "who:    u3 of 3 users, in teardown; 2 others failed, 0 passed" in found.bodies["test_teardown"]
    assert found.outcomes["test_all_set_up_were_torn_down"] == found.outcomes["test_again"] == "passed"


def test_users_are_set_up_and_torn_down_one_by_one_even_where_that_waits(run_pytest: RunPytest) -> None:
    found = run_pytest(
        """
import asyncio, pytest
numbers, events = {}, []

@pytest.fixture
async def slow(user_context):
    number = numbers.setdefault(user_context.user_id, len(numbers) + 1)
    for step in ("begin", "made"):
        events.append((step, number))
        await asyncio.sleep(0)
    yield
    for step in ("ending", "ended"):
        events.append((step, number))
        await asyncio.sleep(0)

async def test_it(slow): pass
def test_after():
    assert events == [
        *((step, number) for number in (1, 2, 3) for step in ("begin", "made")),
        *((step, number) for number in (3, 2, 1) for step in ("ending", "ended")),
    ]
""",
        "--concurrent-users",
        "3",
    )
    assert set(found.outcomes.values()) == {"passed"}, found.text


def test_one_that_fails_does_not_hang_those_who_wait_for_it(run_pytest: RunPytest) -> None:
    found = run_pytest(
        """
import asyncio, pytest
@pytest.fixture
def barrier(): return asyncio.Barrier(3)
late = []
async def test_it(barrier, user_context):
    late.append(1)
    if len(late) % 3 == 1:
        raise RuntimeError("never comes to the barrier")
    await barrier.wait()
""",
        "--concurrent-users",
        "3",
    )
    assert "who:    u1 of 3 users, in body; 0 others failed, 0 passed" in only(found)
    assert "never comes to the barrier" in only(found)


def test_classes_and_parameters(run_pytest: RunPytest) -> None:
    found = run_pytest(
        """
import asyncio, pytest
made = []

class TestGroup:
    def setup_method(self): self.set_up = True

    @pytest.fixture(autouse=True)
    async def own(self, user_context):
        self.context = user_context
        yield
        assert self.context is user_context

    @pytest.fixture(params=["x", "y"])
    def letter(self, request, user_context): return request.param, user_context.user_id

    @pytest.mark.parametrize("number", [1, 2])
    async def test_it(self, user_context, number, letter, request):
        await asyncio.sleep(0)
        assert self.set_up and self.context is user_context
        assert letter == (request.node.callspec.params["letter"], user_context.user_id)
        made.append((number, letter))

def test_after():
    assert len(made) == len(set(made)) == 12
    assert {(number, letter) for number, (letter, _) in made} == {(n, l) for n in (1, 2) for l in "xy"}
""",
        "--concurrent-users",
        "3",
    )
    assert set(found.outcomes.values()) == {"passed"}, found.text
    assert len(found.records) == 4


def test_overridden_fixtures(run_pytest: RunPytest) -> None:
    found = run_pytest(
        """
import pytest
@pytest.fixture
def name(name, user_context): return f"{name} of {user_context.user_id}"
@pytest.fixture
async def user_context(user_context):
    yield user_context.child()
@pytest.fixture
def tmp_path(tmp_path, user_context): return tmp_path / user_context.user_id
async def test_it(name, user_context, tmp_path):
    assert name == f"basic of {user_context.user_id}" and user_context.parent
    assert tmp_path.name == user_context.user_id and tmp_path.parent.is_dir()
""",
        "--concurrent-users",
        "3",
        conftest="import pytest\n@pytest.fixture\ndef name(): return 'basic'\n",
    )
    assert found.verdicts() == {"test_it": "passed"}, found.text


def test_dynamic_requests(run_pytest: RunPytest) -> None:
    found = run_pytest(
        SERVICE
        + """
@pytest.fixture
def number(user_context): return user_context.user_id
@pytest.fixture
def dynamic(request, user_context):
    ended = []
    request.addfinalizer(lambda: ended.append(1))
    assert request.getfixturevalue("number") == user_context.user_id
    assert request.getfixturevalue("request") is request
    return request.getfixturevalue("tmp_path_factory")
@pytest.fixture
def reaches(request): return request.getfixturevalue("number")
@pytest.fixture
async def slow(user_context):
    await asyncio.sleep(0)
@pytest.fixture
def asks(request, user_context): return request.getfixturevalue("slow")
async def test_works(dynamic, user_context): pass
async def test_shared(reaches, user_context): pass
async def test_awaited(asks, user_context): pass
""",
        "--concurrent-users",
        "3",
    )
    assert found.outcomes["test_works"] == "passed", found.text
    assert "'reaches', which all users share, asks for 'number'" in found.bodies["test_shared"]
    assert "asks for a fixture that has to be awaited" in found.bodies["test_awaited"]


def test_a_plain_fixture_may_run_a_loop_of_its_own(run_pytest: RunPytest) -> None:
    found = run_pytest(
        """
import asyncio, pytest
async def load(): return 1
@pytest.fixture
def loaded(user_context): return asyncio.run(load())
async def test_it(loaded): assert loaded == 1
""",
        "--concurrent-users",
        "3",
    )
    assert found.verdicts() == {"test_it": "passed"}, found.text


def test_what_is_left_behind_is_ended(run_pytest: RunPytest) -> None:
    found = run_pytest(
        """
import asyncio, pytest
tasks, ended = [], []
async def numbers():
    try:
        yield 1
        yield 2
    finally:
        ended.append(1)
async def for_ever():
    await asyncio.Event().wait()
kept = []
async def test_it(user_context):
    tasks.append(asyncio.create_task(for_ever()))
    kept.append(numbers())
    await anext(kept[-1])
def test_after():
    assert len(tasks) == 3 and all(task.cancelled() for task in tasks)
    assert ended == [1, 1, 1]
""",
        "--concurrent-users",
        "3",
    )
    assert set(found.outcomes.values()) == {"passed"}, found.text


def test_an_autouse_fixture_does_not_multiply_the_suite(run_pytest: RunPytest) -> None:
    found = run_pytest(
        """
import pytest
@pytest.fixture(autouse=True)
def always(user_context): return user_context
async def test_one(): pass
async def test_many(user_context): pass
@pytest.mark.usefixtures("user_context")
async def test_used(): pass
@pytest.mark.isolation(users=2)
async def test_marked(): pass
""",
        "--concurrent-users",
        "3",
    )
    assert set(found.outcomes.values()) == {"passed"}
    assert {name: record["users"] for name, record in found.records.items()} == {
        "test_many": 3,
        "test_used": 3,
        "test_marked": 2,
    }


def test_skips_and_expected_failures(run_pytest: RunPytest) -> None:
    found = run_pytest(
        SERVICE
        + """
async def test_all_skip(user_context): pytest.skip("not today")
async def test_some_skip(user_context, service):
    if not service.user:
        service.user = 1
        pytest.skip("only I")
@pytest.mark.xfail(strict=True)
async def test_expected(user_context): assert False
async def test_says_so(user_context): pytest.xfail("known")
""",
        "--concurrent-users",
        "3",
    )
    assert found.outcomes == {
        "test_all_skip": "skipped",
        "test_some_skip": "failure",
        "test_expected": "skipped",
        "test_says_so": "skipped",
    }
    assert "1 user skips (only I), 2 do not" in only_failure(found)


def only_failure(found: Answer) -> str:
    """Give the text of the one test that is a failure."""
    [name] = [name for name, outcome in found.outcomes.items() if outcome == "failure"]
    return found.bodies[name]


@pytest.mark.parametrize(
    ("tests", "why"),
    [
        (
            "import unittest, pytest\n@pytest.mark.usefixtures('user_context')\n"
            "class TestOld(unittest.IsolatedAsyncioTestCase):\n    async def test_it(self): pass\n",
            "it is a unittest.TestCase",
        ),
        (
            "from hypothesis import given, strategies, settings\n@given(x=strategies.integers())\n"
            "async def test_it(user_context, x): pass\n",
            "Hypothesis runs it many times",
        ),
        (
            "import pytest\n@pytest.fixture(scope='module')\ndef user_context(): return 1\n"
            "async def test_it(user_context): pass\n",
            "the fixture 'user_context' has the scope module",
        ),
        (
            "import pytest\n@pytest.fixture\ndef anyio_backend(): return 'trio'\n@pytest.mark.anyio\n"
            "@pytest.mark.isolation(users=3)\nasync def test_it(user_context): pass\n",
            "it runs on trio",
        ),
        (
            "import pytest\n@pytest.mark.isolation(users=3)\nasync def test_it(): pass\n",
            "it does not take `user_context`",
        ),
        (
            "import pytest\nfrom cellwall import UserExecutionContext\n@pytest.fixture\n"
            "def user_context(): return UserExecutionContext.create_for_user('test-user-123')\n"
            "async def test_it(user_context): pass\n",
            "u1 and u2 are the same user 'test-user-123'",
        ),
    ],
    ids=["unittest", "hypothesis", "wide", "trio", "no context", "same user"],
)
def test_what_cannot_run_as_many_says_so_in_one_message(run_pytest: RunPytest, tests: str, why: str) -> None:
    found = run_pytest(tests, "--concurrent-users", "3", plugins=("_hypothesis_pytestplugin",))
    text = only(found)
    assert f"cellwall cannot run this test as many users: {why}" in text, found.text
    assert "@pytest.mark.isolation(users=1)" in text
    assert "many_users" not in found.text
    assert re.search(r"^1 (error|failed)( in|, 1 warning)", found.text, re.MULTILINE), found.text


def test_what_comes_after_a_refused_test_is_as_ever(run_pytest: RunPytest) -> None:
    refused = "from hypothesis import given, strategies\n@given(x=strategies.integers())\n"
    tests = refused + "async def test_it(user_context, x): pass\nasync def test_next(user_context): pass\n"
    found = run_pytest(tests, "--concurrent-users", "3", plugins=("_hypothesis_pytestplugin",))
    assert found.outcomes == {"test_it": "error", "test_next": "passed"}, found.text
    assert "1 passed, 1 error in" in found.text, found.text


def test_two_loops_do_not_share_a_lock(run_pytest: RunPytest) -> None:
    found = run_pytest(
        """
import asyncio
LOCK = asyncio.Lock()
async def test_one(user_context):
    async with LOCK: await asyncio.sleep(0)
async def test_two(user_context):
    async with LOCK: await asyncio.sleep(0)
""",
        "--concurrent-users",
        "3",
    )
    assert found.verdicts() == {"test_one": "passed", "test_two": "passed"}, found.text


def test_capsys_is_left_to_the_test(run_pytest: RunPytest) -> None:
    found = run_pytest(
        "async def test_it(user_context, capsys):\n    print('x')\n"
        "    assert capsys.readouterr().out == 'x\\n'\n",
        "--concurrent-users",
        "3",
    )
    assert found.outcomes == {"test_it": "passed"}, found.text


def test_what_passes_shows_its_output_when_asked(run_pytest: RunPytest) -> None:
    tests = "async def test_it(user_context):\n    print('I was here')\n"
    assert run_pytest(tests, "--concurrent-users", "2", "-rP").text.count("I was here") == 2
    assert run_pytest(tests, "--concurrent-users", "2", "-s").text.count("I was here") == 2


def test_an_interrupt_ends_the_session(run_pytest: RunPytest) -> None:
    found = run_pytest(
        """
import asyncio
async def test_it(user_context):
    await asyncio.sleep(0)
    raise KeyboardInterrupt
async def test_never(user_context): pass
""",
        "--concurrent-users",
        "3",
    )
    assert found.code == 2
    assert "KeyboardInterrupt" in found.text
    assert "test_never" not in found.outcomes
