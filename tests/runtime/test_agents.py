"""Agents are made for a request and belong to it."""

import pytest

import cellwall
from cellwall import AgentInstanceFactory, AgentRegistry, UserExecutionContext
from cellwall.runtime.errors import UnknownDefinitionError


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
