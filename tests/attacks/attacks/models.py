"""The tables under attack: built anew for each library, since each wants its models declared its own way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, deferred, mapped_column, relationship


@dataclass(frozen=True)
class Models:
    """The classes, the association table, and the name of the column that says whose a row is."""

    owner: str
    metadata: MetaData
    Folder: Any
    Note: Any
    Tag: Any
    Setting: Any
    Document: Any
    Letter: Any
    Invoice: Any
    Currency: Any
    note_tags: Table

    @property
    def owned(self) -> list[Table]:
        """Every table whose rows belong to somebody, those that others point to first."""
        return [table for table in self.metadata.sorted_tables if self.owner in table.c]


def build(
    owner: str = "user_id",
    mixins: tuple[type, ...] = (),
    decorate: Callable[[Any], Any] = lambda model: model,
) -> Models:
    """Declare the models; `mixins` and `decorate` are what a library asks for on its owned models."""

    class Base(AsyncAttrs, DeclarativeBase):
        pass

    def belongs() -> Any:
        return mapped_column(owner, String(60), index=True)

    note_tags = Table(
        "note_tags",
        Base.metadata,
        Column("note_id", ForeignKey("notes.id"), primary_key=True),
        Column("tag_id", ForeignKey("tags.id"), primary_key=True),
        Column(owner, String(60), nullable=True),
    )

    def model(kind: str, table: str, bases: tuple[type, ...], /, **members: Any) -> Any:
        members = {"__tablename__": table, "__module__": __name__, **members}
        return type(kind, bases, members)

    def owned(kind: str, table: str, /, **members: Any) -> Any:
        declared = any(hasattr(mixin, owner) for mixin in mixins)
        column = {} if declared else {owner: belongs(), "__annotations__": {owner: Mapped[str]}}
        return decorate(model(kind, table, (*mixins, Base), **column, **members))

    folder = owned(
        "Folder",
        "folders",
        id=mapped_column(Integer, primary_key=True),
        name=mapped_column(String(200)),
        parent_id=mapped_column(ForeignKey("folders.id"), nullable=True),
        notes=relationship("Note", back_populates="folder"),
        children=relationship("Folder"),
    )
    note = owned(
        "Note",
        "notes",
        __table_args__=(UniqueConstraint(owner, "slug"),),
        id=mapped_column(Integer, primary_key=True),
        folder_id=mapped_column(ForeignKey("folders.id"), nullable=True),
        slug=mapped_column(String(60)),
        title=mapped_column(String(200)),
        body=mapped_column(String(2000)),
        number=mapped_column(Integer, default=0),
        memo=deferred(Column("memo", String(200), default="")),
        folder=relationship("Folder", back_populates="notes"),
        tags=relationship("Tag", secondary=note_tags, back_populates="notes"),
    )
    tag = owned(
        "Tag",
        "tags",
        id=mapped_column(Integer, primary_key=True),
        label=mapped_column(String(60)),
        notes=relationship("Note", secondary=note_tags, back_populates="tags"),
    )
    setting = owned(
        "Setting",
        "settings",
        __table_args__=(UniqueConstraint(owner, "key"),),
        id=mapped_column(Integer, primary_key=True),
        key=mapped_column(String(60)),
        value=mapped_column(String(200)),
    )
    document = owned(
        "Document",
        "documents",
        id=mapped_column(Integer, primary_key=True),
        kind=mapped_column(String(20)),
        title=mapped_column(String(200)),
        __mapper_args__={"polymorphic_on": "kind", "polymorphic_identity": "document"},
    )
    letter = type(
        "Letter",
        (document,),
        {
            "__module__": __name__,
            "text": mapped_column(String(200), nullable=True),
            "__mapper_args__": {"polymorphic_identity": "letter"},
        },
    )
    invoice = type(
        "Invoice",
        (document,),
        {
            "__module__": __name__,
            "__tablename__": "invoices",
            "id": mapped_column(ForeignKey("documents.id"), primary_key=True),
            owner: column_property(Column(owner, String(60)), getattr(document, owner)),
            "iban": mapped_column(String(60)),
            "__mapper_args__": {"polymorphic_identity": "invoice"},
        },
    )
    currency = model(
        "Currency",
        "currencies",
        (Base,),
        code=mapped_column(String(3), primary_key=True),
        name=mapped_column(String(60)),
    )
    return Models(
        owner,
        Base.metadata,
        folder,
        note,
        tag,
        setting,
        document,
        letter,
        invoice,
        currency,
        note_tags,
    )
