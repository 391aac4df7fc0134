"""What is read from a module: parameters, coroutines, generators, members."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.project.application_code import module_name
from cellwall.project.definitions import last_name, read_module

SOURCE = b"""
from .sibling import Thing as Other
try:
    from a.b import C
except ImportError:
    C = None
__all__ = ["maker"]
maker = Maker(1)
value: Maker = pkg.Maker()

@contextlib.asynccontextmanager
async def session(context: "Context[int]", *, echo, deep=False):
    yield 1

async def plain() -> Optional[int]: ...

class Maker(Base, Generic[T]):
    size: int
    kind: str = "x"
    @staticmethod
    def make(name, /, context): ...
    async def stream(self):
        yield 1
    async def close(self):
        self.closed: bool = True
        self.count == 3
"""


def test_a_module() -> None:
    module = read_module("app/here.py", SOURCE)
    session, plain = module.functions
    assert [(each.name, each.annotation, each.required) for each in session.parameters] == [
        ("context", "Context[int]", True),
        ("echo", "", True),
        ("deep", "", False),
    ]
    assert (session.context_manager, session.generator, session.awaited) == (True, True, False)
    assert (plain.awaited, plain.returns) == (True, "Optional")
    (cls,) = module.classes
    assert (cls.bases, cls.own_bases, cls.abstract) == (("Base", "Generic"), ("Base",), False)
    assert [(each.name, each.required) for each in cls.constructor] == [("size", True), ("kind", False)]
    make, stream, close = cls.methods
    assert ([each.name for each in make.parameters], make.on_class) == (["name", "context"], True)
    assert (stream.awaited, close.awaited) == (False, True)
    assert cls.members == ("close", "closed", "kind", "make", "size", "stream")
    assert cls.coroutines == ("close",)
    assert module.instances == {"maker": ("Maker", 8), "value": ("Maker", 9)}
    assert module.imported == {"Other": ("app.sibling", "Thing"), "C": ("a.b", "C")}
    assert module.exported == {"maker"}


def test_names_of_modules() -> None:
    assert module_name("src/app/__init__.py") == "app"
    assert module_name("app/a.py") == "app.a"
    assert module_name("my-app/a.py") == ""


def test_last_names() -> None:
    assert last_name(None) == ""


@given(st.text(alphabet="abc.[]' ", max_size=20))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_any_text_annotation_is_read(text: str) -> None:
    module = read_module("a.py", f"def f() -> {text!r}: ...".encode())
    assert "[" not in module.functions[0].returns
