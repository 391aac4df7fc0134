"""Proposals from small applications: what is chosen, with which evidence, and what is said of the others."""

import os
from pathlib import Path

import pytest

from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.proposal import ProposedRole
from cellwall.project.propose import propose_roles, without_defaults
from cellwall.project.template import check_expression, check_import

CONTEXT = """
class UserExecutionContext:
    def __init__(self, user_id: str, run_id: str):
        self.user_id = user_id
        self._secret = run_id

    @classmethod
    def from_request(cls, user_id: str, thread_id: str, run_id: str, db=None):
        return cls(user_id, run_id)

    async def close(self): ...
"""
FACTORY = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from shop.agents.base import Agent

class AgentInstanceFactory:
    async def create_agent_instance(self, agent_name: str, user_context) -> "Agent": ...

def get_agent_instance_factory() -> AgentInstanceFactory: ...
"""
AGENT = """
from shop.agents.root import Root

class Agent(Root):
    name: str
    def run(self): ...
"""
ROOT = """
class Root:
    def stop(self): ...
"""
REGISTRY = """
class AgentRegistry:
    def get_agent(self, name): ...
class PluginRegistry:
    def get_agent(self, name): ...
"""
POOL = """
class WebSocketConnectionPool:
    def __init__(self, size: int = 3):
        self.size = size
    async def send(self): ...
"""
SESSIONS = """
from contextlib import asynccontextmanager

async def get_db_session():
    yield 1

@asynccontextmanager
async def create_request_session(context):
    yield 1
"""
DISPATCHER = """
class ToolDispatcher:
    def dispatch(self): ...

class ToolDispatcherFactory:
    @staticmethod
    def create_for_user(user_context, tools=None) -> ToolDispatcher: ...
"""


def make(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def proposals(root: Path) -> dict[str, ProposedRole]:
    found = propose_roles(root)
    for each in found:
        check_expression(each.role.create)
        for line in each.role.imports:
            check_import(line)
    return {each.role.name: each for each in found}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    make(
        tmp_path,
        shop__context=CONTEXT,
        shop__agents__factory=FACTORY,
        shop__agents__base=AGENT,
        shop__agents__root=ROOT,
        shop__agents__registry=REGISTRY,
        shop__sockets=POOL,
        shop__db=SESSIONS,
        shop__tools=DISPATCHER,
        shop__main="from shop.context import UserExecutionContext\nfrom shop.db import get_db_session\n",
        tests__test_a="from shop.context import UserExecutionContext\n",
    )
    return tmp_path


def test_a_context_made_from_a_request(shop: Path) -> None:
    found = proposals(shop)["context"]
    assert found.role.imports == ("from shop.context import UserExecutionContext",)
    assert found.role.create == (
        "UserExecutionContext.from_request({user_id}, "
        'thread_id="thread-" + {user_id}, run_id="run-" + {user_id})'
    )
    assert found.role.members == ("close", "from_request", "user_id")
    assert found.role.coroutines == ("close",)
    evidence = found.evidence[0]
    assert (evidence.path, evidence.line) == ("shop/context.py", 8)
    assert "from_request(user_id, thread_id, run_id)" in evidence.why
    assert "imported by 2 files" in evidence.why


def test_an_awaited_factory_behind_an_accessor(shop: Path) -> None:
    role = proposals(shop)["agent_factory"].role
    assert role.imports == ("from shop.agents.factory import get_agent_instance_factory",)
    assert role.create == "get_agent_instance_factory().create_agent_instance({name}, {context})"
    assert role.awaited
    assert role.replaces == (
        "AgentRegistry.get_agent",
        "agent_registry.get_agent",
    )  # PluginRegistry is no agent registry
    assert role.members == ("name", "run", "stop")  # through a guarded import and a base class


def test_pool_session_and_dispatcher(shop: Path) -> None:
    found = proposals(shop)
    assert found["pool"].role.create == "WebSocketConnectionPool()"
    assert found["pool"].role.members == ("send", "size")
    assert found["session"].role.create == "create_request_session({context})"
    assert [other.why.partition("not chosen: ")[2] for other in found["session"].others] == [
        "is an async generator, not a context manager"
    ]
    assert found["dispatcher"].role.create == "ToolDispatcherFactory.create_for_user({context})"
    assert found["dispatcher"].role.members == ("dispatch",)
    assert "tool_factory" not in found


def test_of_several_the_most_imported_wins(shop: Path) -> None:
    make(
        shop,
        shop__other=CONTEXT,
        shop__a="from shop.other import UserExecutionContext\n",
        shop__b="from shop.other import (\n    UserExecutionContext,\n)\n",
        shop__c="from shop.other import UserExecutionContext as U\n",
    )
    found = proposals(shop)["context"]
    assert found.role.imports == ("from shop.other import UserExecutionContext",)
    assert "chosen from 2" in found.evidence[0].why
    assert [other.path for other in found.others] == ["shop/context.py"]
    assert "fewer files import it" in found.others[0].why


def test_a_base_class_out_of_sight_means_unknown_members(tmp_path: Path) -> None:
    make(
        tmp_path,
        app="from vendor import Base\nclass WebSocketConnectionPool(Base):\n    def send(self): ...\n",
    )
    assert proposals(tmp_path)["pool"].role.members == ()


@pytest.mark.parametrize(
    ("source", "obstacle"),
    [
        ("class UserContext:\n    def __init__(self, user_id, database): ...", "context"),
        ("class WebSocketPool:\n    def __init__(self, server): ...", "pool"),
        ("from typing import Protocol\nclass WebSocketPool(Protocol): ...", "pool"),
        ("class AgentFactory:\n    def create_agent(self, name): ...", "agent_factory"),
        ("class AgentFactory:\n    def create_agent(self, context): ...", "agent_factory"),
        ("class AgentFactory:\n    def create_agent(self, name, context, model): ...", "agent_factory"),
    ],
)
def test_what_cannot_be_written_down_is_not_proposed(tmp_path: Path, source: str, obstacle: str) -> None:
    make(tmp_path, app=source)
    assert obstacle not in proposals(tmp_path)


def test_tests_scripts_and_packages_of_others_are_no_evidence(tmp_path: Path) -> None:
    make(
        tmp_path,
        tests__helper=POOL,
        scripts__tool=POOL,
        test_support__x=POOL,
        node_modules__x=POOL,
        env__lib__x=POOL,
    )
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    assert proposals(tmp_path) == {}


def test_a_repository_that_is_an_environment_itself_is_looked_into(tmp_path: Path) -> None:
    make(tmp_path, app__sockets=POOL)
    (tmp_path / "pyvenv.cfg").write_text("")
    assert proposals(tmp_path)["pool"].role.imports == ("from app.sockets import WebSocketConnectionPool",)


def test_names_handed_on_from_the_runtime(tmp_path: Path) -> None:
    make(tmp_path, app__tools="from cellwall import tool_factory\n__all__ = ['tool_factory']\n")
    role = proposals(tmp_path)["tool_factory"].role
    assert role.imports == ("from app.tools import tool_factory",)
    assert role.create == DEFAULT_ROLES.by_name["tool_factory"].create


def test_the_source_folder_is_no_package(tmp_path: Path) -> None:
    make(tmp_path, src__app__sockets=POOL)
    assert proposals(tmp_path)["pool"].role.imports == ("from app.sockets import WebSocketConnectionPool",)


def test_what_is_the_default_needs_no_line(shop: Path) -> None:
    found = propose_roles(shop)
    assert without_defaults(found) == found


def test_hostile_trees(tmp_path: Path) -> None:
    make(
        tmp_path,
        broken="class UserContext(:",
        deep="class UserContext: pass\nx = " + "(" * 5000,
        app__sockets=POOL,
        huge="class WebSocketPool: ...\n" + "#" * (3 << 20),
    )
    (tmp_path / "null.py").write_bytes(b"class WebSocketPool:\n    \0\xff")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling.py").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "odd name" / "x.py").parent.mkdir()
    (tmp_path / "odd name" / "x.py").write_text(POOL)
    found = proposals(tmp_path)
    assert set(found) == {"pool"}
    assert found["pool"].others == ()
