"""Registries hold definitions: no instance goes in, none is shared coming out."""

import functools
from typing import Any

import pytest

from cellwall import UserExecutionContext, cleanup_user_context
from cellwall.runtime.definitions import Definitions
from cellwall.runtime.errors import (
    ContextClosedError,
    DuplicateDefinitionError,
    InstanceRegisteredError,
    RegistryFrozenError,
    UnknownDefinitionError,
)


class Worker:
    def __init__(self, context: UserExecutionContext) -> None:
        self.context = context

    def method(self, context: UserExecutionContext) -> "Worker":
        return self

    def __call__(self, context: UserExecutionContext) -> "Worker":
        return self


@pytest.fixture
def definitions() -> Definitions:
    made = Definitions()
    made.register("worker", Worker)
    return made


def test_each_call_makes_a_new_one(definitions: Definitions, ada: UserExecutionContext) -> None:
    first, second = definitions.make("worker", ada), definitions.make("worker", ada)
    assert first is not second
    assert first.context is second.context is ada


def test_a_function_will_do(definitions: Definitions, ada: UserExecutionContext) -> None:
    definitions.register("by function", lambda context: [context.user_id])
    assert definitions.make("by function", ada) == ["ada"]
    assert definitions.names() == ("worker", "by function")


def test_instances_are_refused(definitions: Definitions, ada: UserExecutionContext) -> None:
    worker = Worker(ada)
    shared: dict[str, Any] = {
        "an instance of Worker": worker,
        "a bound method": worker.method,
        "a partial": functools.partial(Worker.method, worker),
        "an instance of str": "worker",
    }
    for words, value in shared.items():
        with pytest.raises(InstanceRegisteredError, match=words):
            definitions.register("shared", value)
    assert definitions.names() == ("worker",)


def test_a_name_is_taken_once(definitions: Definitions) -> None:
    with pytest.raises(DuplicateDefinitionError, match="worker"):
        definitions.register("worker", Worker)


def test_frozen(definitions: Definitions, ada: UserExecutionContext) -> None:
    definitions.freeze()
    with pytest.raises(RegistryFrozenError, match="start-up"):
        definitions.register("late", Worker)
    assert definitions.make("worker", ada).context is ada


def test_unknown(definitions: Definitions, ada: UserExecutionContext) -> None:
    with pytest.raises(UnknownDefinitionError, match="no definition 'poet'; registered: worker"):
        definitions.make("poet", ada)
    with pytest.raises(UnknownDefinitionError, match="none"):
        Definitions().make("poet", ada)


async def test_a_context_is_needed_that_is_open(definitions: Definitions, ada: UserExecutionContext) -> None:
    for wrong in (None, "ada", {"user_id": "ada"}):
        value: Any = wrong
        with pytest.raises(TypeError, match="needs a UserExecutionContext"):
            definitions.make("worker", value)
    await cleanup_user_context(ada)
    with pytest.raises(ContextClosedError):
        definitions.make("worker", ada)
