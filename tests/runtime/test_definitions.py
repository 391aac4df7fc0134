"""Registries hold definitions: no instance goes in, none is shared coming out."""

import functools
from typing import Any

import pytest

from cellwall import UserExecutionContext, activate, cleanup_user_context
from cellwall.runtime.definitions import NOBODY, Definitions
from cellwall.runtime.errors import (
    ContextClosedError,
    DuplicateDefinitionError,
    InstanceRegisteredError,
    RegistryFrozenError,
    SharedStateError,
    UnknownDefinitionError,
)


class Worker:
    def __init__(self, context: UserExecutionContext) -> None:
        self.context = context

    def method(self, context: UserExecutionContext) -> "Worker":
        return self

    def __call__(self, context: UserExecutionContext) -> "Worker":
        return self


ended: list[str] = []  # who was cleaned up


class Opens:
    def __init__(self, context: UserExecutionContext) -> None:
        user_id = context.user_id
        context.on_cleanup(lambda: ended.append(user_id))


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


def test_what_all_share_is_not_changed_by_a_request(
    definitions: Definitions, ada: UserExecutionContext
) -> None:
    with activate(ada), pytest.raises(RegistryFrozenError, match="start-up"):
        definitions.register("for everyone", Worker)
    assert definitions.names() == ("worker",)


def test_making_does_not_freeze(definitions: Definitions, ada: UserExecutionContext) -> None:
    definitions.make("worker", ada)
    assert not definitions.frozen
    definitions.register("imported later", Worker)
    definitions.freeze()
    assert definitions.frozen


def test_what_must_be_awaited_or_iterated_is_refused(definitions: Definitions) -> None:
    async def later(context: UserExecutionContext) -> None: ...

    def numbers(context: UserExecutionContext) -> Any:
        yield 1

    for definition in (later, numbers):
        with pytest.raises(TypeError, match="called, not awaited"):
            definitions.register("later", definition)


@pytest.mark.parametrize("name", [None, 7, "", b"agent", ["agent"]])
def test_names_are_text(name: Any, definitions: Definitions) -> None:
    with pytest.raises(TypeError, match="a name is a text"):
        definitions.register(name, Worker)


def test_an_error_does_not_repeat_a_long_name(definitions: Definitions, ada: UserExecutionContext) -> None:
    with pytest.raises(UnknownDefinitionError) as caught:
        definitions.make("x" * 10_000_000, ada)
    assert len(str(caught.value)) < 200


class TestDebug:
    def test_the_second_one_is_nobodys(self, definitions: Definitions, ada: UserExecutionContext) -> None:
        made: list[UserExecutionContext] = []

        def remember(context: UserExecutionContext) -> Worker:
            made.append(context)
            return Worker(context)

        definitions.register("remembered", remember)
        definitions.make("remembered", ada, debug=True)
        assert made[0] is ada and made[1].user_id.startswith(NOBODY)

    async def test_what_nobody_opened_is_closed_with_the_request(
        self, definitions: Definitions, ada: UserExecutionContext
    ) -> None:
        ended.clear()
        definitions.register("opens", Opens)
        definitions.make("opens", ada, debug=True)
        await cleanup_user_context(ada)
        assert len(ended) == 2 and "ada" in ended

    def test_what_is_apart_is_made(self, definitions: Definitions, ada: UserExecutionContext) -> None:
        assert definitions.make("worker", ada, debug=True).context is ada

    def test_the_same_object_twice(self, definitions: Definitions, ada: UserExecutionContext) -> None:
        shared: list[str] = []
        definitions.register("shared", lambda context: shared)
        with pytest.raises(SharedStateError, match=r"definition 'shared' \(list\)"):
            definitions.make("shared", ada, debug=True)
        assert definitions.make("shared", ada) is shared


class Old:
    """What a registry of instances held: nobody gave it a context."""

    def __init__(self) -> None:
        self.notes: list[str] = []


@pytest.mark.parametrize("definition", [Old, lambda: [], lambda context, model: Old()])
def test_what_takes_no_context_is_told_when_it_is_registered(
    definitions: Definitions, definition: Any
) -> None:
    with pytest.raises(TypeError, match=r"'old': .*(Old|<lambda>) is not called with a context alone"):
        definitions.register("old", definition)
    assert definitions.names() == ("worker",)


def test_a_class_whose_parameters_cannot_be_read_is_taken(
    definitions: Definitions, ada: UserExecutionContext
) -> None:
    definitions.register("kind", type)
    assert definitions.make("kind", ada) is UserExecutionContext
