"""States the isolation of tests that repairs touched: in a file that changes anyway, and where it is true."""

import ast
from collections import Counter

from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.edit import Edit, apply_edits
from cellwall.check.engine import check_module
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.node_index import Function
from cellwall.check.parse import ParseError
from cellwall.check.rule import RuleContext
from cellwall.check.rules.isolation_statement import IsolationStatement
from cellwall.check.settings import CheckSettings
from cellwall.check.stated_isolation import docstring_of, stated_in
from cellwall.check.statement_edits import restated, stating


def with_statements(
    path: str, before: bytes, after: bytes, settings: CheckSettings, project: ProjectFacts
) -> bytes:
    """Give `after` with a true statement in the docstring of each test whose code differs from `before`.

    A statement that the repair made false is replaced. One that would stand in two tests, or that the rule
    for statements would object to, is not written.
    """
    is_test = settings.is_test_file(path)
    old = module_facts(path, before, project, is_test=is_test)
    new = module_facts(path, after, project, is_test=is_test)
    if isinstance(old, ParseError) or isinstance(new, ParseError) or before == after or not new.editable:
        return after
    context = RuleContext(settings, project)
    known = Counter(_code(old, test) for test in _tests(old))
    false = _false(new, context) - _false(old, context)
    edits: list[Edit] = []
    for test in _tests(new):
        docstring = docstring_of(test)
        stated = docstring is not None and stated_in(str(docstring.value)) is not None
        if known[_code(new, test)] or (stated and new.resolver.qualified(test) not in false):
            continue
        edit = _corrected(new, test, docstring, context) if stated else stating(new, test, context)
        if edit is not None and _holds(new, edit, context):
            edits.append(edit)
    return apply_edits(after, _unlike(edits))


def _tests(module: ModuleFacts) -> list[Function]:
    return [function for function in module.nodes.functions() if module.pytest.is_collected(function)]


def _code(module: ModuleFacts, test: Function) -> tuple[str, bytes]:
    """Give the name and the source of a test, from its `def` on."""
    start, end = module.span(test)
    return module.resolver.qualified(test), module.source[start:end]


def _false(module: ModuleFacts, context: RuleContext) -> set[str]:
    """Give the tests with a statement that the rule objects to; a repair can make one false."""
    lines = {finding.line for finding in check_module(module, [IsolationStatement()], context.settings)}
    docstrings = ((test, docstring_of(test)) for test in _tests(module))
    return {module.resolver.qualified(test) for test, node in docstrings if node and node.lineno in lines}


def _corrected(
    module: ModuleFacts, test: Function, docstring: ast.Constant | None, context: RuleContext
) -> Edit | None:
    fix = restated(module, test, docstring, context) if docstring is not None else None
    return fix.edits[0] if fix is not None else None


def _holds(module: ModuleFacts, edit: Edit, context: RuleContext) -> bool:
    """Tell whether the file still parses with one statement more, and the rule finds nothing new."""
    stated = module_facts(
        module.path, apply_edits(module.source, [edit]), module.project, is_test=module.is_test
    )
    return not isinstance(stated, ParseError) and _false(stated, context) <= _false(module, context)


def _unlike(edits: list[Edit]) -> list[Edit]:
    """Leave out what would say the same of two tests."""
    said = Counter(b" ".join(edit.replacement.split()) for edit in edits)
    return [edit for edit in edits if said[b" ".join(edit.replacement.split())] == 1]
