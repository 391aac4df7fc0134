"""Named definitions: how to make a thing for a context, never the thing itself."""

import functools
import inspect
from collections.abc import Callable
from reprlib import repr as shortened
from typing import Any, Final, final

from cellwall.runtime.context import UserExecutionContext, cleanup_user_context
from cellwall.runtime.current import current_context
from cellwall.runtime.errors import (
    DuplicateDefinitionError,
    InstanceRegisteredError,
    RegistryFrozenError,
    UnknownDefinitionError,
)
from cellwall.runtime.identity import fresh_id

Definition = Callable[[UserExecutionContext], Any]


class Definitions:
    """Names of one kind of thing, each with the class or function that makes it for a context.

    Filled at start-up and then frozen: what every request shares must not change while they run. A name is
    never given a second time, and nothing is registered inside a user's request, frozen or not. Making
    something does not freeze by itself, so that modules may be imported in any order.
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
            RegistryFrozenError: `freeze` was called, or a user's request is running here.
            TypeError: the name is no text, the definition takes no context, or the function is a coroutine or
                generator function.
        """
        if type(name) is not str or not name:
            raise TypeError(f"{self.kind}: a name is a text, not {_describe(name)}")
        if self._frozen or current_context() is not None:
            raise RegistryFrozenError(f"{self.kind} {name!r}: register before freeze(), at start-up")
        if not (inspect.isclass(definition) or inspect.isfunction(definition)):
            raise InstanceRegisteredError(
                f"{self.kind} {name!r}: register a class or a function, not {_describe(definition)}, "
                "which all users would share"
            )
        if any(is_one(definition) for is_one in _NOT_PLAIN):
            raise TypeError(
                f"{self.kind} {name!r}: what makes it is called, not awaited or iterated; "
                f"register a class, or a plain function that gives the {self.kind}"
            )
        if not _takes_context(definition):
            raise TypeError(
                f"{self.kind} {name!r}: {definition.__qualname__} is not called with a context alone; "
                "give it that one parameter, or register `lambda context: ...`, which makes it"
            )
        if name in self._by_name:
            raise DuplicateDefinitionError(f"{self.kind} {name!r} is registered already")
        self._by_name[name] = definition

    @final
    def freeze(self) -> None:
        """Refuse every later registration."""
        self._frozen = True

    @property
    @final
    def frozen(self) -> bool:
        """Whether `freeze` was called."""
        return self._frozen

    @final
    def names(self) -> tuple[str, ...]:
        """Give the registered names in order of registration."""
        return tuple(self._by_name)

    @final
    def make(self, name: str, context: UserExecutionContext, *, debug: bool = False) -> Any:
        """Make a new `name` that belongs to `context`.

        With `debug` a second one is made for a user who does not exist, to prove that the two share
        nothing that can change.

        Raises:
            UnknownDefinitionError: nobody registered the name.
            ContextClosedError: the request has ended.
            SharedStateError: with `debug`, two of them share something that can change.
            TypeError: `context` is no UserExecutionContext.
        """
        if type(context) is not UserExecutionContext:
            raise TypeError(f"{self.kind} {name!r} needs a UserExecutionContext, got {_describe(context)}")
        context.require_open()
        definition = self._by_name.get(name)
        if definition is None:
            known = ", ".join(self._by_name) or "none"
            raise UnknownDefinitionError(f"no {self.kind} {shortened(name)}; registered: {known}")
        made = definition(context)
        if debug:
            self._prove(name, definition, context, made)
        return made

    def _prove(self, name: str, definition: Definition, context: UserExecutionContext, made: Any) -> None:
        from cellwall.runtime.isolation.proof import prove_isolated  # noqa: PLC0415  # debugging alone pays for it

        nobody = UserExecutionContext.create_for_user(f"{NOBODY}-{fresh_id()}")
        try:
            prove_isolated(made, definition(nobody), name=f"{self.kind} {name!r}")
        finally:  # not before: what the context will close, it holds
            context.on_cleanup(lambda: cleanup_user_context(nobody))


def _takes_context(definition: Definition) -> bool:
    try:
        inspect.signature(definition).bind(None)
    except TypeError:
        return False
    except ValueError:  # written in C without a signature: calling it tells
        return True
    return True


def _describe(value: object) -> str:
    if isinstance(value, functools.partial):
        return "a partial"
    if inspect.ismethod(value):
        return "a bound method"
    return f"an instance of {type(value).__name__}"


NOBODY: Final = "cellwall-nobody"  # how the ids of users begin who exist for a proof only

_NOT_PLAIN: Final = (
    inspect.iscoroutinefunction,
    inspect.isgeneratorfunction,
    inspect.isasyncgenfunction,
)
