"""What the names of variables, parameters and attributes say: a user, a credential, a request. Names only."""

from typing import Final

from cellwall.check.deferred_pattern import deferred

_WHO: Final = (
    "user|tenant|owner|account|customer|principal|organi[sz]ation|workspace|member|subject|viewer|requester|"
    "requestor|caller|actor|identity|person|profile"
)
_IDENTITY: Final = deferred(
    rf"(?:^|_)(?:(?:{_WHO})s?(?:_(?:id|ids|uuid|pk|name|email|obj|object|info|context|profile|data))?"
    r"|uid|userid|username|user_?email|email)$"
)
_QUESTION: Final = deferred(r"^_?(?:is|has|force|allow|require|use|skip|enable|check|with|without|no)_")
_CREDENTIAL: Final = deferred(
    r"(?:^|_)(?:token|jwt|api_?key|authorization|bearer|credentials?|password|passwd|secret|access_key|cookie|"
    r"session_?(?:id|key|token)|auth_header)$"
)
_REQUEST: Final = deferred(r"^_?(?:request|req|websocket|ws|environ|scope|http_request|connection_scope)$")
_OWNER_COLUMN: Final = deferred(
    r"^(?:(?:created_by|owned_by)(?:_user)?(?:_id)?|(?:user|owner|tenant|account|customer|organi[sz]ation|org|workspace)"
    r"(?:_?(?:id|uuid|pk|fk))?)$"
)


def names_identity(name: str) -> bool:
    """Tell whether a name stands for who a user is: `current_user`, `tenant_id`; not `force_user`."""
    bare = snake(name)
    return _IDENTITY.search(bare) is not None and _QUESTION.match(bare) is None


def names_credential(name: str) -> bool:
    """Tell whether a name stands for what proves who a user is: `token`, `api_key`, `session_id`."""
    return _CREDENTIAL.search(snake(name)) is not None


def names_request(name: str) -> bool:
    """Tell whether a name stands for a request or a connection of one client."""
    return _REQUEST.match(snake(name)) is not None


def names_owner_column(name: str) -> bool:
    """Tell whether a column of this name says whose a row is."""
    return _OWNER_COLUMN.match(snake(name)) is not None


def tells_of_request(name: str) -> bool:
    """Tell whether a name stands for something that belongs to one request."""
    return names_request(name) or names_identity(name) or names_credential(name)


def snake(name: str) -> str:
    """Bring a name into the form that the patterns are written in: `userId` and `USER_ID` are `user_id`."""
    return name.lower() if name.islower() or name.isupper() else _CAMEL.sub("_", name).lower()


_CAMEL: Final = deferred(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
