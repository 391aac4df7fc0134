"""CW402: the rows of a user, who may belong to several tenants, read without the tenant of the request."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import CLOSED, GAP, method_called
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.known_name import last_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, walk
from cellwall.check.own_nodes import own
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class RelatedQueryWithoutTenant:
    """The rows of a user, who may belong to several tenants, read without the tenant of the request.

    What it does:
        Finds `self.object.<related>.filter(...)` and `.all()` in a view whose object is a user and
        whose other methods read a tenant from the request (`self.request.event`, `.tenant`,
        `.organization`, `.team`), where the query does not name it.

    Why it leaks:
        A user takes part in several events or organizations. The related rows of all of them are found,
        and shown to the staff of the one that asks.

    Example:
        class SpeakerDetail(DetailView):
            model = User

            def talks(self):
                return self.object.talks.filter(event=self.request.event)

            def mails(self):
                return self.object.mails.filter(sent=True)

    Use instead:
        return self.object.mails.filter(sent=True, event=self.request.event)

    Fix safety:
        Never repaired: which column leads to the tenant is the model's matter.
    """

    name: ClassVar[str] = "related-query-without-tenant"
    code: ClassVar[str] = "CW402"
    family: ClassVar[Family] = Family.DATA
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "class TalkDetail(DetailView):\n    model = Talk\n\n    def slots(self):\n"
            "        return self.object.slots.filter(visible=True)\n\n    def event(self):\n"
            "        return self.request.event\n",
            path="app/views.py",
        ),
        Example(
            "class Profile(DetailView):\n    model = User\n\n    def mails(self):\n"
            "        return self.object.mails.filter(sent=True)\n",
            path="app/views.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from django.views.generic import DetailView\nfrom app.models import User\n\n\n"
            "class SpeakerDetail(DetailView):\n    model = User\n\n    def talks(self):\n"
            "        return self.object.talks.filter(event=self.request.event)\n\n    def mails(self):\n"
            "        return self.object.mails.filter(sent=True)\n",
            path="app/views.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give how a view asks for its tenant."""
        return (
            IN_SERVICE
            & Gate.any_of(b"object")
            & Gate.any_of(b"request")
            & Gate.any_of(b"model")
            & Gate.any_of(b"self.request.", _OF_REQUEST)
            & Gate.any_of(method_called(b"filter", b"all", b"exclude"))
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each query of a user's related rows that does not name the tenant."""
        if module.is_test or never_in_service(module.path):
            return
        for cls in module.of(ast.ClassDef):
            tenant = _tenant(cls)
            if not tenant or not _shows_a_user(module, cls):
                continue
            for function in (f for f in cls.body if isinstance(f, FUNCTIONS)):
                for call in own(module, function, ast.Call):
                    if _is_related_query(call) and not _names(module, call, tenant):
                        message = (
                            f"this query finds the user's rows of every {tenant}, not the request's alone"
                        )
                        yield finding(self, module, call, message)


_OF_REQUEST: Final = deferred(rb"self" + CLOSED + rb"\." + GAP + rb"request" + CLOSED + rb"\.")
_TENANTS: Final = frozenset(
    {
        "event",
        "tenant",
        "organization",
        "organisation",
        "org",
        "team",
        "workspace",
        "company",
        "organiser",
        "organizer",
        "site",
    }
)
_PEOPLE: Final = deferred(r"(User|Person|Account|Member|Customer|People|Participant|Contact)$")


def _tenant(cls: ast.ClassDef) -> str:
    """Give the name under which the methods of a view read the request's tenant, "" where they read none."""
    for node in walk(cls):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in _TENANTS
            and spelled(node.value) == "self.request"
        ):
            return node.attr
    return ""


def _shows_a_user(module: ModuleFacts, cls: ast.ClassDef) -> bool:
    for statement in cls.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="model")], value=model):
                return _PEOPLE.search(last_name(module, model)) is not None
    return False


def _is_related_query(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("filter", "all", "exclude"):
        return False
    owner, _, related = spelled(call.func.value).rpartition(".")
    return owner == "self.object" and bool(related)


def _names(module: ModuleFacts, call: ast.Call, tenant: str) -> bool:
    """Tell whether the statement around a query names the tenant."""
    statement = module.nodes.statement(call)
    return statement is not None and any(
        (isinstance(node, ast.Attribute) and node.attr == tenant)
        or (isinstance(node, ast.keyword) and tenant in (node.arg or ""))
        for node in walk(statement)
    )
