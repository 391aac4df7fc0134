"""The gates in the order in which they judge: cheap ones first, target code last."""

from cellwall.migrate.gates.findings import FindingsGate
from cellwall.migrate.gates.gate import Gate
from cellwall.migrate.gates.guarded import Guarded
from cellwall.migrate.gates.many_users import ManyUsersGate
from cellwall.migrate.gates.notices_leaks import NoticesLeaksGate
from cellwall.migrate.gates.parses import ParsesGate
from cellwall.migrate.gates.scope import ScopeGate
from cellwall.migrate.gates.tests import TestsGate
from cellwall.migrate.gates.weakened.gate import WeakenedGate


def all_gates() -> tuple[Gate, ...]:
    """Give every gate, guarded: whatever happens, each answers with a verdict."""
    gates: tuple[Gate, ...] = (
        ParsesGate(),
        ScopeGate(),
        WeakenedGate(),
        FindingsGate(),
        TestsGate(),
        NoticesLeaksGate(),
        ManyUsersGate(),
    )
    return tuple(Guarded(gate) for gate in gates)
