"""Attacks on the wall between users, free of any library so that each can be attacked the same way."""

from attacks import (
    beyond,
    core_reads,
    core_writes,
    disguised_text,
    forgeries,
    gifts,
    identities,
    leftovers,
    loads,
    mapped,
    oracles,
    orm_reads,
    orm_writes,
    pointers,
    postgres,
    relationships,
    shapes,
    sqlite,
    tampering,
    texts,
    transactions,
    upserts,
)
from attacks.attack import ATTACKER, ATTACKS, VICTIM, Arena, Attack, Attacker
from attacks.run import run, use_honestly
from attacks.uses import USES

GROUPS = (
    orm_reads,
    shapes,
    core_reads,
    loads,
    mapped,
    identities,
    oracles,
    texts,
    disguised_text,
    orm_writes,
    core_writes,
    forgeries,
    upserts,
    gifts,
    pointers,
    relationships,
    transactions,
    leftovers,
    tampering,
    sqlite,
    postgres,
    beyond,
)

__all__ = [
    "ATTACKER",
    "ATTACKS",
    "GROUPS",
    "USES",
    "VICTIM",
    "Arena",
    "Attack",
    "Attacker",
    "run",
    "use_honestly",
]
