"""SQLAlchemy: engines and descriptions are for all; a session, a transaction and a loaded row are not."""

from __future__ import annotations

from typing import Final

from cellwall.sharing.profile import Profile, always

_SESSION: Final = always("a session: its identity map and transaction are one user's")

PROFILE: Final = Profile(
    "sqlalchemy",
    made_for_all={
        "sqlalchemy.engine.base.Engine": "gives a connection to one request at a time",
        "sqlalchemy.ext.asyncio.engine.AsyncEngine": "gives a connection to one request at a time",
        "sqlalchemy.pool.base.Pool": "gives a connection to one request at a time",
        "sqlalchemy.engine.interfaces.Dialect": "describes a database",
        "sqlalchemy.orm.session.sessionmaker": "makes sessions, keeps none",
        "sqlalchemy.ext.asyncio.session.async_sessionmaker": "makes sessions, keeps none",
        "sqlalchemy.orm.scoping.scoped_session": "keeps one session a scope; the session itself is looked at",
        "sqlalchemy.ext.asyncio.scoping.async_scoped_session": "keeps one session a scope",
        "sqlalchemy.sql.schema.MetaData": "describes tables, not rows",
        "sqlalchemy.sql.schema.SchemaItem": "describes tables, not rows",
        "sqlalchemy.sql.elements.ClauseElement": "a statement; its values are bound when it runs",
        "sqlalchemy.sql.base.Executable": "a statement; its values are bound when it runs",
        "sqlalchemy.sql.type_api.TypeEngine": "describes a type",
        "sqlalchemy.orm.decl_api.registry": "describes models, not rows",
        "sqlalchemy.orm.mapper.Mapper": "describes a model, not rows",
        "sqlalchemy.orm.instrumentation.ClassManager": "describes a model, not rows",
        "sqlalchemy.orm.interfaces.MapperProperty": "describes an attribute of a model",
        "sqlalchemy.event.base.dispatcher": "listeners",
        "sqlalchemy.event.base._Dispatch": "listeners",
        "sqlalchemy.event.attr._EmptyListener": "listeners",
        "sqlalchemy.event.attr._ListenerCollection": "listeners",
        "sqlalchemy.util._collections.immutabledict": "cannot change",
    },
    per_user={
        "sqlalchemy.orm.session.Session": _SESSION,
        "sqlalchemy.ext.asyncio.session.AsyncSession": _SESSION,
        "sqlalchemy.engine.base.Connection": always("a connection: its transaction is one user's"),
        "sqlalchemy.ext.asyncio.engine.AsyncConnection": always(
            "a connection: its transaction is one user's"
        ),
        "sqlalchemy.orm.state.InstanceState": always("a loaded row"),
    },
)
