"""Proposes how a repository spells the roles, with the evidence for each line. Runs nothing."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from cellwall.project import candidates, request_candidates
from cellwall.project.application_code import Code, find_class, module_name, read_code
from cellwall.project.candidates import Candidate
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.definitions import Class
from cellwall.project.number_of import number_of
from cellwall.project.proposal import Evidence, ProposedRole
from cellwall.project.roles import Role

_FINDERS: Final[Mapping[str, Callable[[Code], Iterable[Candidate]]]] = {
    "context": candidates.contexts,
    "agent_factory": candidates.agent_factories,
    "tool_factory": candidates.tool_factories,
    "dispatcher": candidates.dispatchers,
    "pool": candidates.pools,
    "session": candidates.sessions,
    "token": request_candidates.tokens,
    "token_owner": request_candidates.token_owners,
    "limiter": request_candidates.limiters,
    "app": request_candidates.applications,
}
# Old names of the application that a role stands instead of, beside the usual ones.
_OLD_NAMES: Final = {
    "pool": re.compile(r"(\w*WebSocketManager|get_\w*websocket_manager)$"),
    "dispatcher": re.compile(r"\w*ToolDispatcher$"),
    "agent_factory": re.compile(r"\w*AgentRegistry$"),
    "tool_factory": re.compile(r"\w*ToolRegistry$"),
}
_OLD_METHODS: Final = {"agent_factory": "get_agent", "tool_factory": "get_tool"}


def propose_roles(root: Path) -> list[ProposedRole]:
    """Give one proposal for each role for which the application code has a usable candidate.

    The best name wins, then the name that most files import; the others are listed with the reason.
    """
    code = read_code(root)
    found = (_choose(name, (*_reexports(name, code), *find(code)), code) for name, find in _FINDERS.items())
    return [proposal for proposal in found if proposal is not None]


def _reexports(name: str, code: Code) -> Iterable[Candidate]:
    default = DEFAULT_ROLES.get(name)
    return candidates.reexports(code, default) if default is not None else ()


def _choose(name: str, found: Iterable[Candidate], code: Code) -> ProposedRole | None:
    ranked = sorted(
        ((candidate, _import_line(candidate, code)) for candidate in found),
        key=lambda pair: (
            bool(pair[0].obstacle),
            pair[0].fit,
            -pair[1][1],
            pair[0].module.path,
            pair[0].line,
        ),
    )
    if not ranked or ranked[0][0].obstacle:
        return None
    (best, (line, count)), *rest = ranked
    old_names, old_evidence = _replaces(name, best, code)
    members, coroutines, member_evidence = _members(best, code)
    role = Role(
        name,
        (line, *best.also),
        best.create,
        best.awaited,
        replaces=old_names,
        members=members,
        coroutines=coroutines,
    )
    why = f"{best.what}; imported by {number_of(count, 'file')}"
    if rest:
        why += f"; chosen from {len(ranked)} by name, then by imports"
    others = tuple(
        Evidence(
            other.module.path,
            other.line,
            f"{other.what}; imported by {number_of(uses, 'file')}; not chosen: "
            + (other.obstacle or ("its name fits less" if other.fit > best.fit else "fewer files import it")),
        )
        for other, (_, uses) in rest
    )
    evidence = Evidence(best.module.path, best.line, why)
    return ProposedRole(role, (evidence, *old_evidence, *member_evidence), others)


def _import_line(candidate: Candidate, code: Code) -> tuple[str, int]:
    """Give the import statement that the code itself uses most for the name, and in how many files."""
    full = module_name(candidate.module.path)
    own = _as_imported(full, candidate.name, code)
    package = own.rpartition(".")[0]
    spellings = {own: code.imports[own, candidate.name]}
    if package and f"{package}.{candidate.name}" != own:
        spellings[package] = code.imports[package, candidate.name]  # re-exported by its package
    # The module's own name wins unless nobody uses it: a package may export another thing of this name.
    module = own if spellings[own] or not spellings.get(package) else package
    return f"from {module} import {candidate.name}", sum(spellings.values())


def _as_imported(dotted: str, name: str, code: Code) -> str:
    """Give a module's name as the code's imports begin it, where `backend/`, say, is the root of imports."""
    parts = dotted.split(".")
    for start in range(len(parts) - 1):
        shorter = ".".join(parts[start:])
        if code.imports[shorter, name] or code.imports[shorter.rpartition(".")[0], name]:
            return shorter
    roots = (".".join(parts[start:]) for start in range(len(parts)))
    return next((root for root in roots if root.partition(".")[0] in code.packages), dotted)


def _replaces(name: str, best: Candidate, code: Code) -> tuple[tuple[str, ...], tuple[Evidence, ...]]:
    default = DEFAULT_ROLES.get(name)
    usual = default.replaces if default is not None else ()
    pattern, method = _OLD_NAMES.get(name), _OLD_METHODS.get(name, "")
    names, evidence = list(usual), []
    for module in code.modules if pattern else ():
        defined: list[tuple[str, int]] = [
            (cls.name, cls.line) for cls in module.classes if _is_old(cls, method)
        ]
        defined += [(function.name, function.line) for function in module.functions if not method]
        for old, line in defined:
            if not pattern or not pattern.match(old) or old in (best.name, best.made):
                continue
            dotted = f"{old}.{method}" if method else old
            evidence.append(Evidence(module.path, line, f"replaces {dotted}, defined here"))
            if dotted not in names:
                names.append(dotted)
    return tuple(names), tuple(evidence)


def _is_old(cls: Class, method: str) -> bool:
    """Whether a class is one that everybody shares: no stand-in for tests, made without a context."""
    if cls.abstract or cls.name.startswith(("Mock", "Fake", "Test")):
        return False
    if method:
        return any(each.name == method for each in cls.methods)
    takes_context = any(candidates.CONTEXT_PARAMETER.fullmatch(each.name) for each in cls.constructor)
    return not takes_context


def _members(best: Candidate, code: Code) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Evidence, ...]]:
    """Give the public attributes of the made object and which of them are awaited.

    Nothing when a class that they come from is not in sight, or not certain.
    """
    wanted = [(best.made, best.module)]
    seen = set[tuple[str, str]]()
    members, coroutines = set[str](), set[str]()
    evidence: list[Evidence] = []
    while wanted:
        place = find_class(code, *wanted.pop())
        if place is None or (place[0].path, place[1].name) in seen:
            return (), (), ()
        module, cls = place
        seen.add((module.path, cls.name))
        members |= set(cls.members)
        coroutines |= set(cls.coroutines)
        wanted += [(base, module) for base in cls.own_bases]
        evidence.append(Evidence(module.path, cls.line, f"members of {cls.name}, read from its code"))
    return tuple(sorted(members)), tuple(sorted(coroutines)), tuple(evidence)


def without_defaults(proposals: Iterable[ProposedRole]) -> list[ProposedRole]:
    """Leave out what is the same as the default; such a line would say nothing."""
    return [
        proposal
        for proposal in proposals
        if proposal.role._replace(members=(), coroutines=(), line=0) != DEFAULT_ROLES.get(proposal.role.name)
    ]
