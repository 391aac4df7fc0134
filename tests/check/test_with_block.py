"""Moving statements under a `with` line, and taking statements out."""

import ast
from textwrap import dedent

from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.check.edit import apply_edits
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.with_block import remove_statements, without_removed, wrap_from

STATEMENTS = st.sampled_from(
    [
        "a = 1",
        "a = '''x\n  y\n'''",
        "a = f'''x {\n1}\n  y'''",
        "a = (\n  1,\n\n# why\n  '''in\nside''',\n)",
        "if a:\n    a = 2\n\n    a = 3",
        "def g():\n\n    return '''\n'''",
        "@g\ndef h(): return 1",
        "# a comment\na = 4",
        "a = \\\n    5",
        "for a in (1,\n2): pass",
        '"""\nnot the first\n"""',
    ]
)


def facts(source: str) -> ModuleFacts:
    found = module_facts("tests/test_x.py", source.encode(), ProjectFacts())
    assert isinstance(found, ModuleFacts)
    return found


def strings(source: bytes) -> list[object]:
    return [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]


@settings(max_examples=150, derandomize=True)
@given(
    st.lists(STATEMENTS, min_size=1, max_size=6),
    st.integers(0, 5),
    st.sampled_from(["    ", "\t", " "]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_the_rest_moves_and_no_string_changes(
    statements: list[str], start: int, unit: str, newline: str
) -> None:
    lines = [line.replace("    ", unit) for statement in statements for line in statement.split("\n")]
    body = "\n".join(unit + line if line.strip() else line for line in lines)
    source = f"def f():\n{body}\n\n\nafter = 1\n".replace("\n", newline)
    module = facts(source)
    function = module.tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    first = function.body[min(start, len(function.body) - 1)]
    edits = wrap_from(module, function, first, "with x as y:")
    assert edits is not None
    changed = apply_edits(module.source, edits)
    parsed = ast.parse(changed)
    wrapped = parsed.body[0].body[-1]  # type: ignore[attr-defined]
    assert isinstance(wrapped, ast.With)
    rest = function.body[function.body.index(first) :]
    assert [ast.dump(s) for s in wrapped.body] == [ast.dump(s) for s in rest]
    assert sorted(map(repr, strings(changed))) == sorted(map(repr, strings(module.source)))


def test_bodies_without_lines_of_their_own() -> None:
    for source in ("def f(): a()\n", "def f():\n    a(); b()\n"):
        module = facts(source)
        function = module.tree.body[0]
        assert isinstance(function, ast.FunctionDef)
        assert wrap_from(module, function, function.body[-1], "with x:") is None


def test_removal_leaves_pass_only_where_a_block_would_be_empty() -> None:
    source = dedent("""
        def f():
            a()  # one
            if b:
                c()
            d()


        def g():
            \"\"\"Only words.\"\"\"
            e()
        """)
    module = facts(source)
    gone = [s for s in ast.walk(module.tree) if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)]
    removed = remove_statements(module, [s for s in gone if ast.unparse(s) != "d()"])
    assert removed is not None
    assert apply_edits(module.source, removed).decode() == dedent("""
        def f():
            if b:
                pass
            d()


        def g():
            \"\"\"Only words.\"\"\"
        """)


def test_statements_that_share_a_line_stay() -> None:
    module = facts("def f():\n    a(); b()\n")
    function = module.tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    assert remove_statements(module, [function.body[0]]) is None
    assert remove_statements(module, [function.body[1]]) is None


def test_what_is_gone_is_not_moved() -> None:
    module = facts("def f():\n    a()\n    if b:\n        c()\n    d()\n")
    function = module.tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    branch = function.body[1]
    assert isinstance(branch, ast.If)
    moved = wrap_from(module, function, function.body[0], "with x:")
    removed = remove_statements(module, [branch.body[0], function.body[2]])
    assert moved is not None
    assert removed is not None
    changed = apply_edits(module.source, without_removed(moved, removed))
    assert changed == b"def f():\n    with x:\n        a()\n        if b:\n            pass\n"
