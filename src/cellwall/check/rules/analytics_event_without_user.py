"""CW603: an analytics event that is recorded for nobody, or for one made-up user."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.called_names import calls_named, calls_of
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import any_word
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.instances import is_instance
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.request_data import request_data
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class AnalyticsEventWithoutUser:
    """An analytics event recorded for nobody, or for one made-up user.

    What it does:
        Finds `posthog.capture`, `analytics.track` of Segment, `Mixpanel.track` and `statsig` events
        whose user is missing or a constant text, in a function that knows the user.

    Why it leaks:
        The events of all users are counted as one person's: what one did stands in another's history,
        and deleting one user's data deletes none of it.

    Example:
        def buy(request):
            posthog.capture("server", "bought", {"item": item})

    Use instead:
        def buy(request):
            posthog.capture(str(request.user.pk), "bought", {"item": item})

    Fix safety:
        Never repaired: which id stands for the user there is a decision.
    """

    name: ClassVar[str] = "analytics-event-without-user"
    code: ClassVar[str] = "CW603"
    family: ClassVar[Family] = Family.SOCKETS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import posthog\n\n\ndef buy(request):\n    posthog.capture(str(request.user.pk), 'bought')\n",
            path="app/shop.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import posthog\n\n\ndef buy(request):\n    posthog.capture('server', 'bought')\n",
            path="app/shop.py",
        ),
        Example(
            "from segment import analytics\n\n\ndef buy(user):\n    analytics.track(event='bought')\n",
            path="app/shop.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the methods that record."""
        return (
            IN_SERVICE
            & Gate.any_of(b"capture", b"track")
            & Gate.any_of(any_word(*(name.encode() for name in _BY_CLIENT)))
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each event of nobody."""
        if module.is_test or never_in_service(module.path):
            return
        named = calls_named(module, _BY_CLIENT)
        for call in (*calls_of(module, _RECORDING), *(one for one in named if _is_of_client(module, one))):
            function = module.function(call)
            if function is None or any(keyword.arg is None for keyword in call.keywords):
                continue
            who = next(
                (k.value for k in call.keywords if k.arg in ("distinct_id", "user_id", "anonymous_id")), None
            )
            who = who or (call.args[0] if call.args else None)
            if (who is None or isinstance(who, ast.Constant)) and request_data(module, function).names:
                yield finding(self, module, call, "this event is recorded for nobody in particular")


_RECORDING: Final = (
    "posthog.capture",
    "segment.analytics.track",
    "analytics.track",
    "rudder_analytics.track",
)
_BY_CLIENT: Final = ("capture", "track")
_CLIENTS: Final = ("posthog.Posthog", "posthog.Client", "mixpanel.Mixpanel", "segment.analytics.Client")


def _is_of_client(module: ModuleFacts, call: ast.Call) -> bool:
    func = call.func
    return isinstance(func, ast.Attribute) and is_instance(module, func.value, _CLIENTS)
