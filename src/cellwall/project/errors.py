"""What can go wrong in this room; the name says whose fault it is.

ProjectError
├── ConfigError             the target's `[tool.cellwall]` cannot be used (path:line in the message)   exit 2
└── EnvironmentUnusable     a program of the target environment cannot be started at all               exit 2
"""


class ProjectError(Exception):
    """Base of all errors of this room; the text says what happened, where, and what to try."""


class ConfigError(ProjectError):
    """The target's configuration cannot be used."""


class EnvironmentUnusable(ProjectError):  # noqa: N818  # "EnvironmentError" is a builtin with another meaning
    """The target environment cannot run anything, whatever the program."""
