"""The families of rules, and the hundred of codes that each has."""

from enum import StrEnum


class Family(StrEnum):
    """What a rule is about. New rules take the next free code of their family's hundred."""

    SUPPRESSIONS = "suppressions"  # CW0xx: comments that silence findings
    PLANS = "plans"  # CW1xx: the patterns that migration plans name
    STATE = "state"  # CW2xx: state shared by requests
    ASYNC = "async"  # CW3xx: tasks and threads
    DATA = "data"  # CW4xx: sessions, queries, rows
    CACHES = "caches"  # CW5xx: caches and clients
    SOCKETS = "sockets"  # CW6xx: sockets and events
    TOKENS = "tokens"  # CW7xx: tokens and secrets
    TESTS = "tests"  # CW8xx: tests
    SCRIPTS = "scripts"  # CW9xx: JavaScript and TypeScript


CODES = {family: f"CW{number}" for number, family in enumerate(Family)}
