"""CW207: a container as the default of a model's field: one object for all rows."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import OPENED, followed_by
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import BY_HAND, Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.shared_names import CHANGING


@final
class SharedDefaultOfField:
    """A list or dictionary as the default of a model's field.

    What it does:
        Finds `default=[]`, `default={}` and the like in columns of SQLAlchemy, in fields of Django and
        attrs, and `dict.fromkeys(keys, [])`. Fields of dataclasses and pydantic are no findings: the
        first refuse such a default, the second copy it. A default that nothing in the module changes
        in place is only told (info), fields of Django apart, which give it to every object.

    Why it leaks:
        The object is made once. What is put into the field of one user's row is in the field of every
        row that was made with the default.

    Example:
        class Profile(models.Model):
            settings = models.JSONField(default={})

    Use instead:
        class Profile(models.Model):
            settings = models.JSONField(default=dict)

    Fix safety:
        Safe for an empty container: the class that makes it takes its place. Others are listed.
    """

    name: ClassVar[str] = "shared-default-of-field"
    code: ClassVar[str] = "CW207"
    family: ClassVar[Family] = Family.STATE
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from django.db import models\n\n\nclass Profile(models.Model):\n"
            "    settings = models.JSONField(default=dict)\n",
            path="app/models.py",
        ),
        Example(
            "from pydantic import BaseModel, Field\n\n\nclass Profile(BaseModel):\n"
            "    tags: list[str] = Field(default=[])\n",
            path="app/models.py",
        ),
        Example(
            "def deep(keys, found):\n    ret = dict.fromkeys(keys, {})\n    for key, value in found:\n"
            "        ret[key] = merge(value, ret[key])\n    return ret\n",
            path="app/deep.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from django.db import models\n\n\nclass Profile(models.Model):\n"
            "    settings = models.JSONField(default={})\n",
            "from django.db import models\n\n\nclass Profile(models.Model):\n"
            "    settings = models.JSONField(default=dict)\n",
            path="app/models.py",
        ),
        Example(
            "from sqlalchemy import JSON, Column\n\n\nclass Profile:\n    tags = Column(JSON, default=[])\n",
            "from sqlalchemy import JSON, Column\n\n\nclass Profile:\n"
            "    tags = Column(JSON, default=list)\n",
            path="app/models.py",
        ),
        Example("boxes = dict.fromkeys(['a', 'b'], [])\n", path="app/boxes.py"),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what stands in every such default."""
        return IN_SERVICE & Gate.any_of(b"fromkeys", _DEFAULT)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each default that all rows share."""
        if module.is_test or never_in_service(module.path):
            return
        for keyword in module.of(ast.keyword):
            if keyword.arg != "default" or not isinstance(keyword.value, (ast.List, ast.Dict, ast.Set)):
                continue
            call = module.nodes.parent(keyword)
            if isinstance(call, ast.Call) and _is_field(module, call):
                message = "this default is made once, and every row that is made with it shares it"
                fix = _fix(module, keyword.value) or BY_HAND
                severity = None if _is_django(module, call) else _severity(module, call)
                yield finding(self, module, keyword.value, message, fix, severity=severity)
        for call in module.of(ast.Call):
            if spelled(call.func) != "dict.fromkeys" or len(call.args) != 2:
                continue
            if isinstance(call.args[1], (ast.List, ast.Dict, ast.Set)):
                message = "all keys share the one object that is given as their value"
                if not _is_replaced(module, call):
                    yield finding(self, module, call.args[1], message, severity=_severity(module, call))


_DEFAULT: Final = followed_by(b"default", b"=" + OPENED + rb"[\[{]")


def _severity(module: ModuleFacts, made: ast.Call) -> Severity | None:
    """Lower the severity where nothing in the module changes what is kept under the name in place."""
    match module.nodes.statement(made):
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return None if name in module.fact(_changed) else Severity.INFO
    return Severity.INFO


def _is_replaced(module: ModuleFacts, made: ast.Call) -> bool:
    """Tell whether items of a dictionary are set anew and none is changed where it is."""
    match module.nodes.statement(made):
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            items = [item for item in module.of(ast.Subscript) if _held(item.value) == name]
            set_anew = any(isinstance(i.ctx, ast.Store) and isinstance(i.value, ast.Name) for i in items)
            return set_anew and not any(_is_changed_in_place(module, item) for item in items)
    return False


def _is_changed_in_place(module: ModuleFacts, item: ast.Subscript) -> bool:
    match module.nodes.parent(item):
        case ast.Attribute(attr=method):
            return method in CHANGING
        case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
            return value is item
        case ast.AugAssign(target=target):
            return target is item
    return False


def _changed(module: ModuleFacts) -> frozenset[str]:
    """Give the names, of variables and attributes, of which a module changes what they hold in place."""
    found: set[str] = set()
    for statement in module.of(ast.AugAssign):
        found.add(_held(statement.target))
    for item in module.of(ast.Subscript):
        if not isinstance(item.ctx, ast.Load):
            found.add(_held(item.value))
    for call in module.of(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in CHANGING:
            found.add(_held(call.func.value))
    return frozenset(found)


def _held(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


_COLUMNS: Final = (
    "sqlalchemy.Column",
    "sqlalchemy.orm.mapped_column",
    "sqlalchemy.schema.Column",
    "attr.ib",
    "attrs.field",
    "attr.attrib",
)


def _is_field(module: ModuleFacts, call: ast.Call) -> bool:
    if any(isinstance(node, ast.Attribute) and node.attr == "as_mutable" for node in walk(call)):
        return False  # SQLAlchemy's mutable types copy what they are given
    if module.matches(call.func, _COLUMNS) is not None:
        return True
    names = module.names(call.func)
    last = names[-1].rpartition(".")[2] if names else ""
    return last.endswith("Field") and any(name.startswith(("django.", "mongoengine")) for name in names)


def _is_django(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether objects hold the default itself as long as they live, not until they are read again."""
    return module.matches(call.func, _COLUMNS) is None


def _fix(module: ModuleFacts, default: ast.expr) -> Fix | None:
    empty = {"[]": b"list", "{}": b"dict"}.get(module.text(default))
    call = module.nodes.parent(module.nodes.parent(default) or default)
    if empty is None or not module.editable or not isinstance(call, ast.Call):
        return None
    if module.names(call.func)[-1].startswith("attr"):
        return None
    start, stop = module.span(default)
    return Fix((Edit(start, stop, empty),), Safety.SAFE)
