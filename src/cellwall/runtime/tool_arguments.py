"""Which arguments a tool takes: read from the tool once, checked for each call before the tool runs.

A tool declares them by `parameters`, a JSON Schema of an object, by the type of `execute`'s argument, or by
both. Without either, any mapping with text keys will do.
"""

import inspect
import typing
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Final

from cellwall.runtime.errors import ToolArgumentsError
from cellwall.runtime.json_schema import Mismatch, Schema, check_schema, check_value

Check = Callable[[dict[str, Any]], Any]

_ANY_MAPPING: Final = ("Any", "Dict", "Mapping", "MutableMapping", "dict", "object")
_MESSAGE_LENGTH: Final = 300


def checks_of(tool: object) -> tuple[Check, ...]:
    """Give what a call's arguments go through in order; each raises, or gives them on, converted perhaps.

    Raises:
        TypeError, ValueError: the tool's declaration cannot be read.
    """
    declared = getattr(type(tool), "parameters", None)
    if "parameters" in getattr(tool, "__dict__", ()) or hasattr(declared, "__get__"):
        return (_by_schema(tool.parameters), *_by_type_of(type(tool)))  # type: ignore[attr-defined]
    return _checks_of_class(type(tool))  # type: ignore[arg-type]  # mypy: a class of unknown hash


@lru_cache(maxsize=1024)
def _checks_of_class(tool: type) -> tuple[Check, ...]:
    schema = getattr(tool, "parameters", None)
    by_schema = () if schema is None else (_by_schema(schema),)
    return (*by_schema, *_by_type_of(tool))


def _by_schema(schema: Schema) -> Check:
    check_schema(schema)

    def check(arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            check_value(arguments, schema)
        except Mismatch as mismatch:
            raise ToolArgumentsError(str(mismatch)) from None
        return arguments

    return check


def _by_type_of(tool: type) -> tuple[Check, ...]:
    wanted = _argument_type(tool)
    if wanted in (None, Any, object, Mapping, dict) or typing.get_args(wanted) == (str, Any):
        return ()
    if hasattr(wanted, "model_validate"):
        return (_by_pydantic(wanted),)
    return (_by_msgspec(wanted),)


def _argument_type(tool: type) -> Any:
    """Give the type of what `execute` takes after `self`; None where it says nothing."""
    execute = inspect.unwrap(getattr(tool, "execute", _takes_anything))
    name = [*inspect.signature(execute).parameters, "", ""][1]
    annotation = getattr(execute, "__annotations__", {}).get(name)
    if annotation is None:
        return None
    alone = SimpleNamespace(__annotations__={name: annotation})  # the other types may be unreadable
    try:
        return typing.get_type_hints(alone, getattr(execute, "__globals__", {}), include_extras=True)[name]
    except NameError as error:
        text = str(annotation)
        if text.partition("[")[0].rpartition(".")[2] in _ANY_MAPPING:
            return None
        raise TypeError(f"{tool.__name__}.execute takes {text}: import that at runtime too") from error


def _takes_anything(tool: object, arguments: object) -> None:
    """Stand for a missing `execute`, whose absence shows when it is called."""


def _by_msgspec(wanted: Any) -> Check:
    try:
        import msgspec  # noqa: PLC0415  # needed by tools whose arguments have a type, not by others
    except ImportError as error:
        raise ImportError("a tool whose arguments have a type needs: pip install msgspec") from error

    def check(arguments: dict[str, Any]) -> Any:
        try:
            return msgspec.convert(arguments, wanted)
        except (msgspec.ValidationError, RecursionError) as error:
            raise ToolArgumentsError(_said(str(error).replace("`$.", "`"))) from None

    return check


def _by_pydantic(wanted: Any) -> Check:
    def check(arguments: dict[str, Any]) -> Any:
        try:
            return wanted.model_validate(arguments)
        except ValueError as error:
            raise ToolArgumentsError(_said(_first_of_pydantic(error))) from None

    return check


def _first_of_pydantic(error: Any) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the arguments'}: {first['msg']}"


def _said(text: str) -> str:
    return text if len(text) <= _MESSAGE_LENGTH else f"{text[:_MESSAGE_LENGTH]}..."
