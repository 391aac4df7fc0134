"""pydantic: validators and fields describe a model; an instance is somebody's data unless it is frozen."""

from __future__ import annotations

from typing import Any, Final

from cellwall.sharing.profile import Profile


def _model(value: Any) -> str:
    settings = getattr(type(value), "model_config", None) or {}
    return "" if settings.get("frozen") else "a model that can be changed"


PROFILE: Final = Profile(
    "pydantic",
    made_for_all={
        "pydantic.fields.FieldInfo": "describes a field",
        "pydantic.type_adapter.TypeAdapter": "validates, keeps nothing",
        "pydantic_core._pydantic_core.SchemaValidator": "validates, keeps nothing",
        "pydantic_core._pydantic_core.SchemaSerializer": "writes, keeps nothing",
        "pydantic._internal._decorators.DecoratorInfos": "describes a model",
        "pydantic_settings.main.BaseSettings": "the service's settings",
    },
    per_user={"pydantic.main.BaseModel": _model},
)
