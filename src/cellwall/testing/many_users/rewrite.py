"""What is changed in the functions that a user runs: nothing, or one constant that becomes the user's own."""

from collections.abc import Callable
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any, Protocol, final

Function = Callable[..., Any]
Constant = str | int


class Rewrite(Protocol):
    """Changes the test function and the fixtures of one user."""

    def function(self, function: Function, /) -> Function:
        """Give what is called instead."""

    def arguments(self, arguments: dict[str, Any], /) -> dict[str, Any]:
        """Give the arguments that it is called with."""


@final
class Unchanged:
    """Changes nothing; notes the arguments in `given`, where constants may be among them."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given

    def function(self, function: Function) -> Function:
        """Give the function."""
        return function

    def arguments(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Give the arguments."""
        self._given.update(arguments)
        return arguments


@final
class OtherConstant:
    """Puts `new` in place of `old`: in the code, in globals that are named there, and in arguments."""

    def __init__(self, old: Constant, new: Constant) -> None:
        self._old, self._new = old, new

    def function(self, function: Function) -> Function:
        """Give a copy of a Python function in which the constant is another; anything else as it is."""
        if isinstance(function, MethodType):
            return MethodType(self.function(function.__func__), function.__self__)
        if not isinstance(function, FunctionType):
            return function
        code = self._code(function.__code__)
        named = {
            name: self._new for name in _names(code) if self._is_old(function.__globals__.get(name, self))
        }
        globals_ = {**function.__globals__, **named} if named else function.__globals__
        closure = function.__closure__
        if hasattr(function, "__wrapped__") and closure is not None:  # a decorator's: the test is in a cell
            closure = tuple(self._cell(cell, function.__wrapped__) for cell in closure)
        made = FunctionType(code, globals_, function.__name__, function.__defaults__, closure)
        made.__kwdefaults__, made.__dict__ = function.__kwdefaults__, dict(function.__dict__)
        return made

    def arguments(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Give the arguments with the constant changed."""
        return {name: self._new if self._is_old(value) else value for name, value in arguments.items()}

    def _cell(self, cell: CellType, wrapped: object) -> CellType:
        try:
            held = cell.cell_contents
        except ValueError:  # empty
            return cell
        return CellType(self.function(held)) if held is wrapped or held == wrapped else cell

    def _is_old(self, value: object) -> bool:
        return type(value) is type(self._old) and value == self._old

    def _code(self, code: CodeType) -> CodeType:
        constants = tuple(
            self._code(each) if isinstance(each, CodeType) else self._new if self._is_old(each) else each
            for each in code.co_consts
        )
        return code.replace(co_consts=constants)


def _names(code: CodeType) -> set[str]:
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    return set(code.co_names).union(*(_names(each) for each in inner))


def own_constant(value: Constant, user: str, turn: int) -> Constant:
    """Give a constant of the same kind that only this user has in this run: an email stays one.

    Shapes: "ada@x.org" -> "ada+u3r1@x.org", "key" -> "key-u3r1", 7 -> 7 plus a multiple of 1000.
    """
    if isinstance(value, int):
        return value + 1000 * (int(user[1:]) + 1000 * turn)
    local, at, host = value.partition("@")
    return f"{local}+{user}r{turn}@{host}" if at else f"{value}-{user}r{turn}"
