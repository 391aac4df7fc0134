"""What a tool declares about its arguments is what its calls are checked against."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, NotRequired, TypedDict

import msgspec
import pydantic
import pytest

from cellwall.runtime.errors import ToolArgumentsError
from cellwall.runtime.tool_arguments import checks_of

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from decimal import Decimal as UnseenToo


def checked(tool: Any, arguments: dict[str, Any]) -> Any:
    result: Any = arguments
    for check in checks_of(tool):
        result = check(result)
    return result


class Sum(TypedDict):
    op: Literal["add", "multiply"]
    a: int
    b: NotRequired[float]
    tags: NotRequired[Annotated[list[str], msgspec.Meta(max_length=2)]]


@dataclass
class Line:
    text: str
    number: int = 1


class Page(msgspec.Struct, forbid_unknown_fields=True):
    lines: list[Line]


class Model(pydantic.BaseModel):
    a: int


class TakesSum:
    async def execute(self, arguments: Sum) -> UnseenToo: ...


class TakesLine:
    async def execute(self, arguments: Line) -> None: ...


class TakesPage:
    async def execute(self, arguments: Page) -> None: ...


class TakesModel:
    async def execute(self, arguments: Model) -> None: ...


class TakesAnything:
    async def execute(self, arguments: Mapping[str, Any]) -> None: ...


class TakesUnseen:
    async def execute(self, arguments: MutableMapping[str, Any]) -> None: ...


class TakesUnseenToo:
    async def execute(self, arguments: UnseenToo) -> None: ...


class SaysNothing:
    async def execute(self, arguments):  # type: ignore[no-untyped-def]
        ...


class Declares:
    parameters: Mapping[str, Any] = {
        "type": "object",
        "properties": {
            "query": {"type": "string", "maxLength": 5},
            "limit": {"type": "integer", "minimum": 1},
        },
        "required": ["query"],
        "additionalProperties": False,
    }

    async def execute(self, arguments: dict[str, Any]) -> None: ...


class DeclaresBoth:
    parameters: Mapping[str, Any] = {"properties": {"number": {"maximum": 3}}}

    async def execute(self, arguments: Line) -> None: ...


@pytest.mark.parametrize("tool", [TakesAnything, TakesUnseen, SaysNothing])
def test_any_mapping_where_nothing_is_declared(tool: Callable[[], Any]) -> None:
    given = {"x": object()}
    assert checked(tool(), given) is given


def test_a_typed_dict() -> None:
    assert checked(TakesSum(), {"op": "add", "a": 1}) == {"op": "add", "a": 1}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"op": "add"}, "required field `a`"),
        ({"op": "add", "a": "1"}, "Expected `int`, got `str` - at `a`"),
        ({"op": "add", "a": True}, "at `a`"),
        ({"op": "divide", "a": 1}, "at `op`"),
        ({"op": "add", "a": 1, "tags": ["x", 2]}, r"at `tags\[1\]`"),
        ({"op": "add", "a": 1, "tags": ["x", "y", "z"]}, "at `tags`"),
    ],
)
def test_the_argument_and_what_was_expected_are_named(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ToolArgumentsError, match=said):
        checked(TakesSum(), arguments)


def test_classes_get_instances_of_their_own() -> None:
    nested = [{"text": "x"}]
    page = checked(TakesPage(), {"lines": nested})
    assert page == Page([Line("x")])
    nested.append({"text": "later"})
    assert len(page.lines) == 1
    assert checked(TakesLine(), {"text": "x", "number": 2}) == Line("x", 2)
    with pytest.raises(ToolArgumentsError, match="unknown field `other`"):
        checked(TakesPage(), {"lines": [], "other": 1})


def test_a_pydantic_model() -> None:
    assert checked(TakesModel(), {"a": 1}) == Model(a=1)
    with pytest.raises(ToolArgumentsError, match=r"^a: Input should be a valid integer") as caught:
        checked(TakesModel(), {"a": "secret"})
    assert "secret" not in str(caught.value)


def test_a_schema() -> None:
    assert checked(Declares(), {"query": "x", "limit": 2}) == {"query": "x", "limit": 2}
    for arguments, said in (
        ({}, "query must be given"),
        ({"query": 7}, "query must be of type string, not int"),
        ({"query": "x" * 6}, "query must be at most 5 characters long"),
        ({"query": "x", "limit": 0}, "limit must be at least 1"),
        ({"query": "x", "user_id": "bob"}, "user_id must be left out"),
    ):
        with pytest.raises(ToolArgumentsError, match=said):
            checked(Declares(), arguments)


def test_schema_and_type_together() -> None:
    assert checked(DeclaresBoth(), {"text": "x", "number": 3}) == Line("x", 3)
    with pytest.raises(ToolArgumentsError, match="at most 3"):
        checked(DeclaresBoth(), {"text": "x", "number": 4})
    with pytest.raises(ToolArgumentsError, match="`text`"):
        checked(DeclaresBoth(), {"text": 1})


def test_a_schema_of_the_instance() -> None:
    tool: Any = SaysNothing()
    tool.parameters = {"required": ["x"]}
    with pytest.raises(ToolArgumentsError, match="x must be given"):
        checked(tool, {})
    assert checked(SaysNothing(), {}) == {}


def test_a_schema_that_cannot_be_checked_is_told() -> None:
    tool: Any = SaysNothing()
    tool.parameters = {"properties": {"x": {"pattern": "a+"}}}
    with pytest.raises(ValueError, match="'pattern' is not supported"):
        checks_of(tool)


def test_a_type_that_cannot_be_read_is_told() -> None:
    with pytest.raises(TypeError, match=r"TakesUnseenToo\.execute takes UnseenToo"):
        checks_of(TakesUnseenToo())


def test_without_msgspec_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    class TakesSumAgain(TakesSum):
        pass

    monkeypatch.setitem(sys.modules, "msgspec", None)
    with pytest.raises(ImportError, match="pip install msgspec"):
        checks_of(TakesSumAgain())


class Declared:
    def __init__(self, bound: int = 3) -> None:
        self.bound = bound

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"properties": {"number": {"maximum": self.bound}}}


class Slotted:
    __slots__ = ("parameters",)

    def __init__(self) -> None:
        self.parameters = {"properties": {"number": {"maximum": 3}}}


@pytest.mark.parametrize("tool", [Declared(), Slotted()], ids=["property", "slot"])
def test_a_declaration_that_only_the_instance_has_is_checked(tool: Any) -> None:
    assert checked(tool, {"number": 3}) == {"number": 3}
    with pytest.raises(ToolArgumentsError, match="number"):
        checked(tool, {"number": 4})


def test_each_instance_has_the_declaration_of_its_own() -> None:
    assert checked(Declared(9), {"number": 9}) == {"number": 9}


class ByAType:
    parameters = Sum


class ByAMethod:
    def parameters(self) -> Mapping[str, Any]:
        return {}


@pytest.mark.parametrize(("tool", "kind"), [(ByAType(), "_TypedDictMeta"), (ByAMethod(), "method")])
def test_a_declaration_that_is_no_schema_is_refused_and_not_passed_over(tool: Any, kind: str) -> None:
    with pytest.raises(ValueError, match=f"schema must be a mapping, got {kind}"):
        checks_of(tool)
