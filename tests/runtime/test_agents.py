"""Agents are made for a request and belong to it."""

from typing import ClassVar

import pytest

import cellwall
from cellwall import AgentInstanceFactory, AgentRegistry, UserExecutionContext
from cellwall.runtime.errors import SharedStateError, UnknownDefinitionError


class Helper:
    def __init__(self, context: UserExecutionContext) -> None:
        self.context = context
        self.memory: list[str] = []


def test_users_have_agents_of_their_own(ada: UserExecutionContext, bob: UserExecutionContext) -> None:
    registry = AgentRegistry()
    registry.register("helper", Helper)
    factory = AgentInstanceFactory(registry)
    first, second = factory.create_agent("helper", ada), factory.create_agent("helper", bob)
    first.memory.append("ada's secret")
    assert second.memory == []
    assert (first.context, second.context) == (ada, bob)


def test_the_registry_gives_no_agent_away() -> None:
    assert not hasattr(AgentRegistry, "get_agent")
    assert not hasattr(AgentRegistry(), "get_agent")


def test_factories_share_no_registry(ada: UserExecutionContext) -> None:
    first, second = AgentInstanceFactory(), AgentInstanceFactory()
    first.registry.register("helper", Helper)
    with pytest.raises(UnknownDefinitionError, match="no agent 'helper'"):
        second.create_agent("helper", ada)


def test_module_level_factory_has_two_names() -> None:
    assert cellwall.agent_factory is cellwall.agent_instance_factory


class Leaky:
    cache: ClassVar[dict[str, str]] = {}

    def __init__(self, context: UserExecutionContext) -> None:
        self.context = context


def test_debug_mode_tells_what_two_agents_share(ada: UserExecutionContext) -> None:
    factory = AgentInstanceFactory(debug=True)
    factory.registry.register("helper", Helper)
    factory.registry.register("leaky", Leaky)
    assert factory.create_agent("helper", ada).context is ada
    with pytest.raises(SharedStateError, match=r"agent 'leaky'\.<class Leaky>\.cache \(dict\)"):
        factory.create_agent("leaky", ada)
    factory.debug = False
    assert factory.create_agent("leaky", ada).context is ada
