"""A project's configuration as JSON values and back: a run keeps the one it began with. Reads no file."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cellwall.project.check_config import CheckConfig
from cellwall.project.config import ProjectConfig, TestSettings
from cellwall.project.roles import Role, Roles
from cellwall.project.samples import Samples
from cellwall.project.scripts_config import ScriptsConfig


def config_to_record(project: ProjectConfig) -> dict[str, Any]:
    """Give the configuration as JSON values."""
    return project._asdict() | {
        "root": str(project.root),
        "python": str(project.python),
        "roles": [role.to_record() for role in project.roles.by_name.values()],
        "tests": asdict(project.tests),
        "samples": project.samples._asdict(),
        "scripts": project.scripts.to_record(),
        "async_folders": dict(project.async_folders),
        "check": project.check.to_record(),
        "check_folders": {folder: check.to_record() for folder, check in project.check_folders.items()},
    }


def config_from_record(record: Mapping[str, Any]) -> ProjectConfig:
    """Make the configuration that `config_to_record` described; keys that are not known are dropped."""
    known = {name: record[name] for name in ProjectConfig._fields if name in record}
    roles = [_role(role) for role in known["roles"]]
    made = known | {
        "root": Path(known["root"]),
        "python": Path(known["python"]),
        "roles": Roles(MappingProxyType({role.name: role for role in roles})),
        "tests": TestSettings(**_with_tuples(known["tests"])),
        "samples": Samples(**_with_tuples(known.get("samples", {}))),
        "scripts": ScriptsConfig(**_with_tuples(known.get("scripts", {}))),
        "async_folders": MappingProxyType(dict(known["async_folders"])),
        "check": CheckConfig.from_record(known.get("check", {})),
        "check_folders": MappingProxyType(
            {folder: CheckConfig.from_record(each) for folder, each in known.get("check_folders", {}).items()}
        ),
    }
    return ProjectConfig(**_with_tuples(made))


def _role(record: Mapping[str, Any]) -> Role:
    others = tuple(_role(other) for other in record.get("otherwise", ()))
    return Role(**_with_tuples(record) | {"otherwise": others})


def _with_tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
