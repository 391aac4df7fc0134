"""Queries in the style of `session.query(Model)`, awaited: an async session reads only when awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, final

from sqlalchemy import func, select

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession

Model = TypeVar("Model")


@final
class RequestQuery(Generic[Model]):
    """A query over one model; each method that narrows it gives a new query.

    Example:
        items = await session.query(Item).filter_by(done=False).order_by(Item.id).all()
    """

    def __init__(self, session: AsyncSession, model: type[Model], statement: Select[Any]) -> None:
        self._session = session
        self._model = model
        self._statement = statement

    @classmethod
    def over(cls, session: AsyncSession, model: type[Model]) -> RequestQuery[Model]:
        """Make the query for every row of `model` that the session may see."""
        return cls(session, model, select(model))

    def filter(self, *criteria: Any) -> RequestQuery[Model]:
        """Keep rows for which all criteria hold, such as `Item.done.is_(False)`."""
        return self._with(self._statement.where(*criteria))

    def filter_by(self, **values: Any) -> RequestQuery[Model]:
        """Keep rows whose columns have these values."""
        return self._with(self._statement.filter_by(**values))

    def order_by(self, *columns: Any) -> RequestQuery[Model]:
        """Sort by these columns."""
        return self._with(self._statement.order_by(*columns))

    def join(self, target: Any, onclause: Any = None) -> RequestQuery[Model]:
        """Join another model, to filter or sort by its columns."""
        return self._with(self._statement.join(target, onclause))

    def options(self, *options: Any) -> RequestQuery[Model]:
        """Say what is loaded along, such as `selectinload(Item.parts)`."""
        return self._with(self._statement.options(*options))

    def limit(self, number: int) -> RequestQuery[Model]:
        """Give at most so many rows."""
        return self._with(self._statement.limit(number))

    def offset(self, number: int) -> RequestQuery[Model]:
        """Leave so many rows out at the beginning."""
        return self._with(self._statement.offset(number))

    async def all(self) -> list[Model]:
        """Give all rows, each once."""
        return list((await self._session.scalars(self._statement)).unique())

    async def first(self) -> Model | None:
        """Give the first row, None when there is none."""
        return (await self._session.scalars(self._statement.limit(1))).unique().first()

    async def get(self, key: Any) -> Model | None:
        """Give the row with this primary key, None when there is none; filters do not count."""
        return await self._session.get(self._model, key)

    async def one(self) -> Model:
        """Give the only row.

        Raises:
            sqlalchemy.exc.NoResultFound: there is none.
            sqlalchemy.exc.MultipleResultsFound: there are several.
        """
        row: Model = (await self._session.scalars(self._statement)).unique().one()
        return row

    async def one_or_none(self) -> Model | None:
        """Give the only row, None when there is none.

        Raises:
            sqlalchemy.exc.MultipleResultsFound: there are several.
        """
        return (await self._session.scalars(self._statement)).unique().one_or_none()

    async def exists(self) -> bool:
        """Tell whether there is a row."""
        return bool(await self._session.scalar(select(self._statement.order_by(None).exists())))

    async def count(self) -> int:
        """Give the number of rows."""
        inner = self._statement.order_by(None).subquery()
        return await self._session.scalar(select(func.count()).select_from(inner)) or 0

    def _with(self, statement: Select[Any]) -> RequestQuery[Model]:
        return RequestQuery(self._session, self._model, statement)
