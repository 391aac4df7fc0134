"""CW106: a test that writes out the id of a user whose context it has."""

import ast
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import ClassVar, Final, final

from cellwall.check.asserted_values import assertions
from cellwall.check.called_names import calls_named
from cellwall.check.checking_calls import builds, checking_functions, own_places
from cellwall.check.closer_look import CloserLook
from cellwall.check.context_supply import context_classes, gives_context, is_context
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import GAP, OPENED, places
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.one_user import ID_NAMES, OWN_ID, is_set_anew, keeps_user_id, made_from, speaks_of_others
from cellwall.check.other_values import gives_other_values
from cellwall.check.place import runs_directly_in
from cellwall.check.reason import Reason
from cellwall.check.replacement import may_edit
from cellwall.check.role_call import calls_by, calls_of_role, calls_role, slot_of
from cellwall.check.rule import Example, Refusal, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.project.roles import Role

_ID_GIVEN: Final = deferred(GAP + rb"=" + OPENED + rb"[rRuU]?[\"']")
_IDS: Final = tuple(name.encode() for name in sorted(ID_NAMES))
_IDS_GIVEN: Final = (deferred(rb"(?:" + b"|".join(_IDS) + rb")" + _ID_GIVEN.pattern),)
_FAR: Final = 400
_SHORTEST: Final = 3  # shorter texts are equal by chance
_HEAD: Final = "from cellwall import UserExecutionContext\nfrom app import pool\n\n\n"
_MADE: Final = '    user_context = UserExecutionContext.create_for_user("user-1")\n'


@final
class ConstantUserId:
    """A test that writes out the id of a user whose context it has.

    What it does:
        Finds calls in tests that get a context and, beside it, a written-out id: the very text from which the
        context was made, or an id, address or key beside a context whose user cannot be seen. Assertions are
        left alone, and so are tests of several users.

    Why it leaks:
        The same text in many tests is the same user in many tests: what one leaves behind the next finds.
        An id that is no longer the context's own makes a test of one user a test of two, and nobody sees it.

    Example:
        user_context = UserExecutionContext.create_for_user("user-1")
        await pool.send("user-1", user_context)

    Use instead:
        user_context = UserExecutionContext.create_for_user("user-1")
        await pool.send(user_context.user_id, user_context)

    Fix safety:
        Safe: the text is replaced only after the one context that was made from the same text, in a call that
        gets this context, checks nothing and builds no expected value, and only where the role's contexts are
        known to keep `user_id` (`members` of the configured role). Everything else is listed.
    """

    name: ClassVar[str] = "constant-user-id"
    code: ClassVar[str] = "CW106"
    family: ClassVar[Family] = Family.PLANS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(_HEAD + "def test_own():\n" + _MADE + '    assert user_context.user_id == "user-1"\n'),
        Example(
            _HEAD + "def test_two():\n" + _MADE + '    pool.send(user_id="user-1")\n'
            '    pool.send(user_id="user-2")\n    pool.close(user_context)\n'
        ),
        Example('def test_none(pool):\n    pool.send(user_id="user-1")\n'),
        Example(
            "async def test_ask():\n    context = 'User: how?\\nAssistant: so.'\n"
            "    await ask('why', api_key='sk-test', dialog_context=context)\n"
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _HEAD + "def test_own():\n" + _MADE + '    pool.send("user-1", user_context)\n',
            _HEAD + "def test_own():\n" + _MADE + "    pool.send(user_context.user_id, user_context)\n",
        ),
        Example(
            "from app import pool\n\n\ndef test_own(user_context):\n"
            '    pool.send(user_context, email="someone@example.com")\n'
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what stands in every file with a context."""
        slot = slot_of(settings.roles.get("context"), "user_id")
        made = [slot.head.rpartition(".")[2].encode()] if slot else []
        classes = [name.encode() for name in context_classes(settings)]
        return (
            IN_TESTS
            & Gate.any_of(*made, *classes, b"context")
            & Gate.any_of(*made, CloserLook(_IDS_GIVEN, _gives_id_in_call))
            & Gate.any_of(*made, *classes, gives_context)
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each text that stands for the context's own user, or may."""
        if not module.is_test:
            return
        made = _making(module, context.settings.roles.get("context"))
        functions = {module.function(call) for call in made} | module.fact(_ids_by_place).keys()
        calls: dict[Function, list[ast.Call]] = {}
        for call in module.of(ast.Call) if functions else ():
            function = module.function(call)
            if function is not None and function in functions and module.pytest.injects(function):
                calls.setdefault(function, []).append(call)
        for function, own in calls.items():
            yield from self._found(_Scene(module, function, own, made, context))

    def _found(self, scene: "_Scene") -> Iterator[Finding]:
        seen = scene.user()
        if seen is not None:
            for node in scene.repeated(*seen):
                message = f"the id of the user of `{seen[0]}` is written out again"
                yield finding(self, scene.module, node, message, scene.outcome(node, seen[0]))
        elif scene.slot is None or not scene.made:
            for name, value in scene.beside_context():
                refusal = Refusal(Reason.ESCAPES, "whether it is the context's user cannot be seen here")
                message = f"a constant `{name}` beside a user's context may be another user's"
                yield finding(self, scene.module, value, message, refusal)


def _sets_anew(module: ModuleFacts) -> bool:
    return is_set_anew(module.tree)


def _checking(module: ModuleFacts) -> frozenset[str]:
    return checking_functions(module.tree)


class _Scene:
    """One function with its own calls and the contexts that it makes."""

    def __init__(
        self,
        module: ModuleFacts,
        function: Function,
        calls: list[ast.Call],
        made: Collection[ast.Call],
        context: RuleContext,
    ) -> None:
        self.module, self.function, self.context = module, function, context
        self._own = calls
        self._role = context.settings.roles.get("context")
        self.slot = slot_of(self._role, "user_id")
        self.made = [call for call in calls if call in made]

    @cached_property
    def _asserting(self) -> set[ast.AST]:
        return {inner for node in assertions(self.function.body) for inner in walk(node)}

    def user(self) -> tuple[str, str, int] | None:
        """Give the one context of the function: its name, the text it was made from, and the line."""
        if self.slot is None or len(self.made) != 1:
            return None
        parent = self.module.nodes.parent(self.made[0])
        if isinstance(parent, ast.Await):
            parent = self.module.nodes.parent(parent)
        if not isinstance(parent, ast.Assign) or parent not in self.function.body:
            return None
        text, target = made_from(self.made[0], self.slot), parent.targets[0]
        if len(parent.targets) != 1 or not isinstance(target, ast.Name) or self._bound_again(target):
            return None
        if len(text) < _SHORTEST or not self._is_the_roles(self.made[0]):
            return None
        others = speaks_of_others(self.function, target.id, text) or self.module.fact(_sets_anew)
        return None if others else (target.id, text, parent.end_lineno or parent.lineno)

    def _is_the_roles(self, made: ast.Call) -> bool:
        """Tell whether the context's class is the role's, and this its only use here."""
        root = next((node for node in walk(made.func) if isinstance(node, ast.Name)), None)
        meant = self.module.resolve(root) if root is not None else None
        if self._role is None or self.slot is None or meant is None or meant.made or meant.guessed:
            return False
        uses = [
            node
            for node in walk(self.function)
            if isinstance(node, ast.Name) and self.module.resolve(node) == meant
        ]
        return len(uses) == 1 and calls_role(self.module, made, self._role, self.slot.head)

    def repeated(self, name: str, text: str, line: int) -> Iterator[ast.Constant]:
        """Give the places after the context where its user's id is an argument beside it."""
        checking = self.module.fact(_checking)
        found = (c for s in self.function.body for c in own_places(s, name, checking, inside=True))
        for call in sorted(found, key=lambda call: (call.lineno, call.col_offset)):
            for position, argument in enumerate(_arguments(call)):
                value = argument.value if isinstance(argument, ast.keyword) else argument
                named = argument.arg in ID_NAMES if isinstance(argument, ast.keyword) else position == 0
                if named and isinstance(value, ast.Constant) and value.value == text and value.lineno > line:
                    yield value

    def beside_context(self) -> Iterator[tuple[str, ast.expr]]:
        """Give the texts that are ids by name in calls that get a context whose user is unknown.

        A text that an assertion names as well is what the test is about.
        """
        if len(self.module.fact(_ids_by_place).get(self.function, ())) != 1:
            return
        asserted = {_text(node) for node in self._asserting}
        for call in self._own:
            if call in self._asserting or builds(call):
                continue
            given = [value for value in _values(call) if not self._is_text(value)]
            if any(is_context(self.module, value, self.context) for value in given):
                for name, value in ((keyword.arg, keyword.value) for keyword in call.keywords):
                    if name in ID_NAMES and _text(value) and _text(value) not in asserted:
                        yield str(name), value

    def outcome(self, node: ast.Constant, name: str) -> Fix | Refusal:
        """Replace the text by the context's own id, or say why not."""
        if not keeps_user_id(self.context.settings.roles.get("context")):
            return Refusal(Reason.MEMBER_MISSING, f"nothing says that a context has `{OWN_ID}`")
        if not runs_directly_in(self.module, node, self.function):
            return Refusal(Reason.ESCAPES, "it is used in an inner function or a comprehension")
        refusal = may_edit(self.module, node, self.context)
        if refusal is not None:
            return refusal
        start, end = self.module.span(node)
        return Fix((Edit(start, end, f"{name}.{OWN_ID}".encode()),), Safety.SAFE)

    def _is_text(self, value: ast.expr) -> bool:
        """Tell whether a variable that is called a context was made of a written text."""
        return isinstance(value, ast.Name) and any(
            isinstance(node, ast.Assign)
            and isinstance(node.value, (ast.Constant, ast.JoinedStr))
            and any(isinstance(target, ast.Name) and target.id == value.id for target in node.targets)
            for node in self.function.body
        )

    def _bound_again(self, target: ast.Name) -> bool:
        return any(
            isinstance(node, ast.Name)
            and node.id == target.id
            and node is not target
            and not isinstance(node.ctx, ast.Load)
            for node in walk(self.function)
        )


def _gives_id_in_call(source: bytes) -> bool:
    """Tell whether a text may be given as an id in a call: behind a bracket or comma, or below a comment.

    A call that gets literals alone gets no context beside it.
    """
    return any(
        _ID_GIVEN.match(source, end)
        and _is_argument(source[max(0, start - _FAR) : start])
        and gives_other_values(source, start)
        for name in _IDS
        for start, end in places(source, name)
    )


def _is_argument(before: bytes) -> bool:
    bare = before.rstrip()
    return not bare or bare[-1:] in b"(,\\" or b"#" in bare[bare.rfind(b"\n") + 1 :]


def _making(module: ModuleFacts, role: Role | None) -> frozenset[ast.Call]:
    """Give the calls that make a context: those that are spelled as the role's, and those of the same."""
    slot = slot_of(role, "user_id")
    if role is None or slot is None:
        return frozenset()
    named = calls_named(module, (slot.head.rpartition(".")[2],))
    return frozenset((*calls_of_role(module, role, slot.head), *calls_by(slot.head, named)))


def _ids_by_place(module: ModuleFacts) -> dict[ast.AST | None, set[str]]:
    """Give every text that is a user's id by the name of its argument, assertions included.

    They stand under the functions that they are in, and under all that is around those.
    """
    found: dict[ast.AST | None, set[str]] = {}
    for keyword in module.of(ast.keyword):
        if keyword.arg in ID_NAMES and isinstance(keyword.value, ast.Constant):
            for around in module.nodes.ancestors(keyword):
                found.setdefault(around, set()).add(str(keyword.value.value))
    return found


def _text(node: ast.AST | None) -> str:
    """Give the text that a constant is, "" for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _arguments(call: ast.Call) -> tuple[ast.expr | ast.keyword, ...]:
    return (*call.args, *call.keywords)


def _values(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)
