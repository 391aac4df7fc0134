"""Which calls open a database session: what the role replaces, SQLAlchemy's own, usual factory names."""

import ast
from typing import Final

from cellwall.check.legacy_names import replaced_names
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.origin import ends_with
from cellwall.check.settings import CheckSettings

_CLASSES: Final = (
    "sqlalchemy.orm.Session",
    "sqlalchemy.orm.session.Session",
    "sqlalchemy.orm.scoped_session",
    "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.ext.asyncio.session.AsyncSession",
    "sqlmodel.Session",
    "sqlmodel.ext.asyncio.session.AsyncSession",
)
_FACTORY_MAKERS: Final = ("sessionmaker", "async_sessionmaker", "scoped_session", "async_scoped_session")
_FACTORY_NAMES: Final = ("SessionLocal", "AsyncSessionLocal")
SESSION_TOKENS: Final = (b"Session", b"session")  # one of them stands in every name above


def opens_session(module: ModuleFacts, call: ast.Call, settings: CheckSettings) -> bool:
    """Tell whether a call opens a database session. Sessions of HTTP clients, and mocks, are none."""
    if is_replaced(module, call, settings) or module.matches(call.func, _FACTORY_NAMES) is not None:
        return True
    origin = module.resolve(call.func)
    if origin is None or origin.is_double:
        return False
    if origin.made:
        return origin.dotted.rpartition(".")[2] in _FACTORY_MAKERS
    return any(ends_with(name, cls) for name in module.names(call.func) for cls in _CLASSES)


def is_replaced(module: ModuleFacts, call: ast.Call, settings: CheckSettings) -> bool:
    """Tell whether the role `session` stands instead of what is called here."""
    return module.matches(call.func, replaced_names(settings, "session")) is not None
