"""Names hold what they were given last; attributes go with their object; `self` is one object everywhere."""

import ast

from cellwall.check.known_values import NOTHING, KnownValues, Scope

ONE = frozenset({ast.Call(ast.Name("one"), [], [])})
TWO = frozenset({ast.Call(ast.Name("two"), [], [])})


def test_the_last_value_counts() -> None:
    known, scope = KnownValues(), Scope(1)
    known.bind(scope, "a", ONE)
    known.bind(scope, "a.b", TWO)
    assert (known.read(scope, "a.b"), known.read(scope, "a.c"), known.read(scope, "a")) == (
        TWO,
        ONE,
        ONE | TWO,
    )
    known.bind(scope, "a", NOTHING)
    assert known.read(scope, "a.b") == NOTHING


def test_scopes_read_outwards_and_write_inside() -> None:
    known, outer = KnownValues(), Scope(1)
    inner = Scope(2, outer)
    known.bind(outer, "a", ONE)
    assert known.read(inner, "a") == ONE
    known.bind(inner, "a", NOTHING)
    assert (known.read(inner, "a"), known.read(outer, "a")) == (NOTHING, ONE)
    inner = Scope(3, outer, shared={"a"})
    known.bind(inner, "a", TWO)
    assert known.read(outer, "a") == TWO


def test_what_is_kept_stays_beside_what_was_there() -> None:
    known, outer = KnownValues(), Scope(1)
    known.bind(outer, "a", ONE)
    known.add(Scope(2, outer), "a", TWO)
    assert known.read(outer, "a") == ONE | TWO


def test_self_is_one_object_for_all_methods() -> None:
    known = KnownValues()
    known.bind(Scope(1), "cls.a", ONE)
    assert known.read(Scope(2), "self.a") == ONE
    assert known.read(Scope(2), "self.b") == NOTHING


def test_a_value_hides_a_function_of_its_name() -> None:
    known, outer = KnownValues(), Scope(1)
    (function,) = ast.parse("def f(): pass").body
    assert isinstance(function, ast.FunctionDef)
    outer.functions["f"] = function
    inner = Scope(2, outer)
    assert known.function(inner, "f") == (function, outer)
    known.bind(inner, "f", NOTHING)
    assert known.function(inner, "f") is None
