"""Models whose rows belong to somebody, with their owner columns and tables."""

import pytest

from cellwall.check.settings import CheckSettings
from cellwall.check.summaries.owned_models import OwnedModels, own_models
from tests.check.test_request_handlers import facts


@pytest.mark.parametrize(
    ("source", "models"),
    [
        (
            "from django.db import models\nclass Note(models.Model):\n"
            "    owner = models.ForeignKey('User')\n",
            {"Note": (("owner",), "note")},
        ),
        (
            "class Note(Base):\n    __tablename__ = 'notes'\n    user_id: Mapped[int] = mapped_column()\n",
            {"Note": (("user_id",), "notes")},
        ),
        (
            "from sqlmodel import SQLModel, Field\nclass Note(SQLModel, table=True):\n"
            "    tenant_id: int = Field()\n",
            {"Note": (("tenant_id",), "note")},
        ),
        ("from sqlmodel import SQLModel, Field\nclass NoteForm(SQLModel):\n    user_id: int = Field()\n", {}),
        ("from pydantic import BaseModel, Field\nclass Note(BaseModel):\n    user_id: int = Field()\n", {}),
        ("class Note(Base):\n    text = Column()\n", {}),
        ("class NoteSerializer(ModelSerializer):\n    owner = CharField()\n", {}),
    ],
)
def test_own_models(source: str, models: dict[str, tuple[tuple[str, ...], str]]) -> None:
    assert own_models(facts(source)) == models


def test_a_file_without_owned_models_says_nothing() -> None:
    assert OwnedModels().summarise(facts("class Note(Base):\n    text = Column()\n"), CheckSettings()) is None
