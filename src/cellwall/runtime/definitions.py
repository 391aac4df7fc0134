"""Named definitions: how to make a thing for a context, never the thing itself."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.errors import (
    DuplicateDefinitionError,
    InstanceRegisteredError,
    RegistryFrozenError,
    UnknownDefinitionError,
)

Definition = Callable[[UserExecutionContext], Any]


class Definitions:
    """Names of one kind of thing, each with the class or function that makes it for a context.

    Filled at start-up and then frozen: what every request shares must not change while they run.
    """

    kind = "definition"

    def __init__(self) -> None:
        self._by_name: dict[str, Definition] = {}
        self._frozen = False

    @final
    def register(self, name: str, definition: Definition) -> None:
        """Register how to make `name`: a class or a plain function that takes the context.

        Raises:
            InstanceRegisteredError: an object, a bound method or a partial, which every user would share.
            DuplicateDefinitionError: the name is taken.
            RegistryFrozenError: `freeze` was called.
        """
        if self._frozen:
            raise RegistryFrozenError(f"{self.kind} {name!r}: register before freeze(), at start-up")
        if not (inspect.isclass(definition) or inspect.isfunction(definition)):
            raise InstanceRegisteredError(
                f"{self.kind} {name!r}: register a class or a function, not {_describe(definition)}, "
                "which all users would share"
            )
        if name in self._by_name:
            raise DuplicateDefinitionError(f"{self.kind} {name!r} is registered already")
        self._by_name[name] = definition

    @final
    def freeze(self) -> None:
        """Refuse every later registration."""
        self._frozen = True

    @final
    def names(self) -> tuple[str, ...]:
        """Give the registered names in order of registration."""
        return tuple(self._by_name)

    @final
    def make(self, name: str, context: UserExecutionContext) -> Any:
        """Make a new `name` that belongs to `context`.

        Raises:
            UnknownDefinitionError: nobody registered the name.
            ContextClosedError: the request has ended.
            TypeError: `context` is no UserExecutionContext.
        """
        if not isinstance(context, UserExecutionContext):
            raise TypeError(f"{self.kind} {name!r} needs a UserExecutionContext, got {_describe(context)}")
        context.require_open()
        definition = self._by_name.get(name)
        if definition is None:
            known = ", ".join(self._by_name) or "none"
            raise UnknownDefinitionError(f"no {self.kind} {name!r}; registered: {known}")
        return definition(context)


def _describe(value: object) -> str:
    if isinstance(value, functools.partial):
        return "a partial"
    if inspect.ismethod(value):
        return "a bound method"
    return f"an instance of {type(value).__name__}"
