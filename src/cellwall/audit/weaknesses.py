"""The kinds of findings, with what they are in CWE and in OWASP's API Security Top 10 2023."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from cellwall.audit.finding import Weakness

_BOLA = "API1:2023 Broken Object Level Authorization"
_SIGNING = "API2:2023 Broken Authentication"
_PROPERTIES = "API3:2023 Broken Object Property Level Authorization"
_RESOURCES = "API4:2023 Unrestricted Resource Consumption"
_CONFIGURATION = "API8:2023 Security Misconfiguration"
_OWNER = "Ask for the object with its owner in the same query, and answer 404 where there is none."

_ALL: Final = (
    Weakness("foreign-read", "One user reads another's object by its id", "CWE-639", _BOLA, _OWNER),
    Weakness("foreign-write", "One user changes another's object by its id", "CWE-639", _BOLA, _OWNER),
    Weakness("foreign-delete", "One user deletes another's object by its id", "CWE-639", _BOLA, _OWNER),
    Weakness(
        "list-leak", "A list or search shows other users' objects", "CWE-863", _BOLA,
        "Filter the query by the user of the request before paging, counting and searching.",
    ),
    Weakness(
        "nested-swap", "A child is reached under another user's parent", "CWE-639", _BOLA,
        "Look the child up with its parent and the owner in one query.",
    ),
    Weakness(
        "no-credentials", "An operation for users answers without credentials", "CWE-306", _SIGNING,
        "Require credentials before the handler runs, for every route that is not meant for everybody.",
    ),
    Weakness(
        "credential-mix", "A request signed by two users is taken for the wrong one", "CWE-287", _SIGNING,
        "Take the user from one verified credential alone, and refuse a request whose credentials disagree.",
    ),
    Weakness(
        "owner-assigned", "A request says whose its object is", "CWE-915", _PROPERTIES,
        "Set the owner from the request's user, and leave owner fields out of what a body may set.",
    ),
    Weakness(
        "account-taken", "One user sets another's password", "CWE-620", _SIGNING,
        "Change the password of the request's user alone, and ask for the old one.",
    ),
    Weakness(
        "forged-token", "A token that anybody can make is believed", "CWE-347", _SIGNING,
        "Verify the signature with one fixed algorithm before reading any claim.",
    ),
    Weakness(
        "token-kind", "A token for renewing is taken for one that signs requests", "CWE-1270", _SIGNING,
        "Write into each token what it is for, and refuse it elsewhere.",
    ),
    Weakness(
        "renewed-for-another", "Renewing a token, one says whose it is to be", "CWE-639", _SIGNING,
        "Take the user from the renewing token alone.",
    ),
    Weakness(
        "foreign-figures", "One user is shown another's figures", "CWE-200", _BOLA,
        "Count for the request's user, and have the user in the key of whatever keeps the figures.",
    ),
    Weakness(
        "cached-for-others", "A cache answers one user with another's response", "CWE-524", _CONFIGURATION,
        "Have the user in the cache's key, and send `Cache-Control: private`, or `Vary` with what signs.",
    ),
    Weakness(
        "channel-leak", "A WebSocket channel sends one user's events to another", "CWE-862", _BOLA,
        "Check on subscribing that the channel is the user's, and send by owner, not by channel name.",
    ),
    Weakness(
        "shared-limit", "One user's requests use up another's limit", "CWE-770", _RESOURCES,
        "Count by the verified user, not by address, route or the whole service.",
    ),
    Weakness(
        "concurrent-bleed", "Two requests at the same time get each other's data", "CWE-362", _BOLA,
        "Keep a request's data in its own objects; nothing of it on modules, classes or shared instances.",
    ),
    Weakness(
        "cancelled-bleed", "After a cancelled request the next gets its data", "CWE-488", _BOLA,
        "Give a connection back only when its reply was read; close it when the request was cancelled.",
    ),
    Weakness(
        "public-data", "Everybody is shown users' data, without credentials", "CWE-200", _PROPERTIES,
        "If it is meant, declare it in [tool.cellwall.audit] shared; else require credentials and filter.",
    ),
    Weakness(
        "leaky-dependency", "An installed version is known to show one user's data to another", "CWE-1395",
        "API8:2023 Security Misconfiguration", "Update the package to the version that is named.",
    ),
    Weakness(
        "database-wall", "The database does not keep owners apart", "CWE-863", _BOLA,
        "Enable and force row-level security, and connect as a role that cannot step over it.",
    ),
)  # fmt: skip
WEAKNESSES: Final = MappingProxyType({each.name: each for each in _ALL})
