"""What can happen in a run: frozen events, appended to the journal in order. Every view is a fold over them.

Events hold JSON values only (texts, numbers, lists, dicts), so that the journal needs no other knowledge.
"""

from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `kind` is the class name."""

    registry: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls) -> None:
        """Make the class known by its name, for reading journals."""
        Event.registry[cls.__name__] = cls

    def body(self) -> dict[str, Any]:
        """Give the fields as JSON values."""
        return asdict(self)


def from_record(kind: str, body: dict[str, Any]) -> Event:
    """Make the event that was recorded; fields that this version does not know are dropped.

    Raises:
        KeyError: the kind is unknown.
    """
    cls = Event.registry[kind]
    known = {each.name for each in fields(cls)}
    return cls(**{key: value for key, value in body.items() if key in known})


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    """A run began. `agents` is [{number, name, files}], `plan` what the report needs of the plan:
    {criteria: [{text, line}], metrics: [...], report_structure: [...], dashboard: [...],
    tasks: [{agent, text, line, capability}]}; `capability` is "" for a task that nothing covers."""

    run_id: str
    plan_path: str
    plan_digest: str
    base: str
    branch: str
    options: dict[str, Any]
    version: str
    agents: list[dict[str, Any]]
    plan: dict[str, Any]
    walls: list[str]
    user_tree: str  # fingerprint of the user's tree, branch, index, stash and hooks
    project: dict[str, Any] = field(default_factory=dict)  # the configuration, see config_record


@dataclass(frozen=True, slots=True)
class Surveyed(Event):
    """Scopes were resolved and findings counted. `findings` and `sites` are per rule name."""

    files_in_scope: int
    application_files: int
    overlaps: list[dict[str, Any]]  # {path, agents, owner}
    orphans: list[str]
    empty_globs: list[dict[str, Any]]  # {agent, glob, line}
    unparseable: list[dict[str, Any]]  # {path, line, message}
    findings: dict[str, int]
    test_files: int
    files_with_context: int  # test modules in scope that already use the context role
    wants_context: int  # test modules in scope that reach any role
    impossible: list[dict[str, Any]] = field(default_factory=list)  # new tests: {agent, capability, reason}
    present: list[dict[str, Any]] = field(default_factory=list)  # new tests that were there: {.., path}
    shared_owners: dict[str, int] = field(default_factory=dict)  # path of batch 0 -> agent
    batches: list[dict[str, Any]] = field(default_factory=list)  # {batch, agent, paths, writes}: all to do


@dataclass(frozen=True, slots=True)
class BatchPlanned(Event):
    """A piece of a refused batch is waiting for its agent."""

    batch: str
    agent: int
    paths: list[str]
    writes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeaseGranted(Event):
    """An agent may change the batch's paths until `expires` (seconds since the epoch)."""

    batch: str
    token: int
    paths: int
    expires: float


@dataclass(frozen=True, slots=True)
class LeaseConflict(Event):
    """A path was held by another batch, or a late patch came with a stale token."""

    batch: str
    path: str
    holder: str
    resolution: str


@dataclass(frozen=True, slots=True)
class AgentStarted(Event):
    """An agent's process began on a batch."""

    batch: str
    agent: int
    pid: int


@dataclass(frozen=True, slots=True)
class PatchProposed(Event):
    """An agent's patch was written. Sites are {path, line, rule, code, reason, detail, pattern}."""

    batch: str
    agent: int
    digest: str
    paths: list[str]
    repaired: list[dict[str, Any]]
    needs_human: list[dict[str, Any]]
    seconds: float
    file: str = ""  # the patch's file in the run's directory
    new_modules: list[dict[str, Any]] = field(default_factory=list)  # {path, capability, role}


@dataclass(frozen=True, slots=True)
class AgentFailed(Event):
    """An agent's process ended without a patch."""

    batch: str
    agent: int
    message: str


@dataclass(frozen=True, slots=True)
class JudgingStarted(Event):
    """The gates began on a batch's patch."""

    batch: str
    pid: int


@dataclass(frozen=True, slots=True)
class Judged(Event):
    """A gate gave its verdict on a patch."""

    batch: str
    digest: str
    gate: str
    passed: bool
    evidence: str
    figures: dict[str, Any]
    seconds: float


@dataclass(frozen=True, slots=True)
class BatchPassed(Event):
    """Every gate passed; the patch waits for its turn to be merged."""

    batch: str


@dataclass(frozen=True, slots=True)
class BatchSplit(Event):
    """A refused batch will be tried in smaller pieces."""

    batch: str
    pieces: list[str]


@dataclass(frozen=True, slots=True)
class BatchRefused(Event):
    """A batch (of one file, or of pieces that cannot be smaller) was given up; the rest goes on."""

    batch: str
    agent: int
    gate: str
    evidence: str
    needs_human: list[dict[str, Any]]  # the patch's repaired sites, now with the reason "gate refused"


@dataclass(frozen=True, slots=True)
class BatchMerged(Event):
    """A patch became a commit on the run's branch (commit is empty for a batch with nothing to change)."""

    batch: str
    agent: int
    commit: str
    paths: list[str]


@dataclass(frozen=True, slots=True)
class TestsMeasured(Event):
    """The whole suite ran: `when` is "before" or "after"; counts by outcome; ids only of what failed.

    `regressions` are ids that passed before and fail now, `new` ids that did not exist before.
    """

    when: str
    counts: dict[str, int]
    failed: list[str]
    regressions: list[str]
    new: list[str]
    lost: list[str]
    seconds: float
    overridden: list[str]  # options of the target's own configuration that were overridden
    coverage: float | None  # percent of the application modules that the scoped tests import
    note: str  # why something is not measured, "" otherwise


@dataclass(frozen=True, slots=True)
class FindingsMeasured(Event):
    """What the checker finds on the run's branch at the end, per rule name, in the plan's scopes.

    `two_users` is {area: {modules, two_users}} for the areas "all", "websocket" and "critical": how many
    test modules there are, and how many of them hold a test of two users; empty where nobody looked.
    `rules` are the names of the rules that looked; empty in journals that do not say.
    `bare` are the test modules without such a test, [{path, agents, roles, areas}]: in whose scopes they are,
    which roles they reach. `user_tests` are the tests of two users in modules that capabilities wrote,
    [{test, role, agent, proved}]: `proved` where a gate of this run saw them fail when the role leaks.
    `entry_roles` are the configured roles that can leak on purpose. `statements` is {tests, stated, silent,
    no_role}: the touched and new tests, and those that state their isolation; of the others `unstated` names
    that could, `silent` that assert nothing of a role's, and `no_role` that reach none: the first of each.
    """

    findings: dict[str, int]
    unparseable: list[dict[str, Any]]
    files_with_context: int
    wants_context: int
    two_users: dict[str, dict[str, int]] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    bare: list[dict[str, Any]] = field(default_factory=list)
    user_tests: list[dict[str, Any]] = field(default_factory=list)
    entry_roles: list[str] = field(default_factory=list)
    statements: dict[str, int] = field(default_factory=dict)
    unstated: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    no_role: list[str] = field(default_factory=list)
    suppressed: int = 0  # findings that stay, silenced with a reason


@dataclass(frozen=True, slots=True)
class BenchmarkMeasured(Event):
    """The project's benchmark ran: what isolation costs, with its summary; None where `note` says why not."""

    command: str
    overhead_percent: float | None
    note: str


@dataclass(frozen=True, slots=True)
class CommandHandled(Event):
    """A validation command of the plan was run, or shown and not run; `findings` are what an audit found."""

    command: str
    ran: bool
    exit_code: int | None
    note: str
    findings: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Warned(Event):
    """Something that the user should know and that stops nothing."""

    message: str


@dataclass(frozen=True, slots=True)
class RunStopped(Event):
    """An orderly stop: a signal, the timeout, --fail-fast, a full disk. The run can be resumed."""

    reason: str


@dataclass(frozen=True, slots=True)
class RunResumed(Event):
    """The run goes on; `recovered` are batches that git knew as merged and the journal did not."""

    recovered: list[str]


@dataclass(frozen=True, slots=True)
class RunFinished(Event):
    """Nothing is left to do. `user_tree` is the fingerprint of the user's tree now."""

    user_tree: str
    tip: str
