"""Containers of a module that objects are made with."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "shared-default-passed"
FOUND = [
    pytest.param(
        """
        from dataclasses import dataclass
        class Memory:
            def __init__(self):
                self.items = []
            def add(self, x):
                self.items.append(x)
        DEFAULT = Memory()
        @dataclass
        class Agent:
            name: str
            memory: Memory = DEFAULT
        """,
        [11],
        id="shared default: dataclass default instance",
    ),
    pytest.param(
        """
        from dataclasses import dataclass, field
        HISTORY = []
        @dataclass
        class Agent:
            name: str
            history: list = field(default_factory=lambda: HISTORY)
        """,
        [6],
        id="shared default: dataclass default= field",
    ),
    pytest.param(
        """
        from dataclasses import dataclass
        DEFAULT_STATE = {'messages': []}
        @dataclass
        class State:
            data: dict
        def start(user_id):
            return State(data=DEFAULT_STATE)
        """,
        [7],
        id="shared default: default passed to dataclass call",
    ),
    pytest.param(
        """
        from langgraph.graph import StateGraph
        INITIAL = {'messages': []}
        graph = StateGraph(dict).compile()
        async def chat(user_id, text):
            return await graph.ainvoke(INITIAL)
        """,
        [5],
        id="shared default: langgraph invoke shared state",
    ),
    pytest.param(
        """
        from pydantic import BaseModel
        HISTORY: list = []
        class State(BaseModel):
            history: list
        def start(user_id: str) -> State:
            return State.model_construct(history=HISTORY)
        """,
        [6],
        id="shared default: pydantic model call",
    ),
]
SILENT = [
    pytest.param(
        """
        from dataclasses import dataclass, field
        @dataclass
        class Agent:
            name: str
            history: list = field(default_factory=list)
        """,
        id="shared default: dataclass default= field",
    ),
    pytest.param(
        """
        from dataclasses import dataclass
        from copy import deepcopy
        DEFAULT_STATE = {'messages': []}
        @dataclass
        class State:
            data: dict
        def start(user_id):
            return State(data=deepcopy(DEFAULT_STATE))
        """,
        id="shared default: default passed to dataclass call",
    ),
    pytest.param(
        """
        from dataclasses import dataclass
        KINDS = ['a']
        @dataclass
        class Menu:
            kinds: list
        def menu():
            return Menu(kinds=[*KINDS])
        """,
        id="a constant that is copied",
    ),
    pytest.param(
        """
        from pydantic import BaseModel
        HISTORY: list = []
        class State(BaseModel):
            history: list
        def start() -> State:
            return State(history=HISTORY)
        """,
        id="a model of pydantic, which copies",
    ),
    pytest.param(
        """
        from dataclasses import dataclass
        DEFAULTS = {'agreed': False}
        @dataclass
        class Context:
            user_id: str
            agreed: bool
        def context(user_id):
            return Context(user_id=user_id, **DEFAULTS)
        """,
        id="a dictionary of arguments",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
