"""Spells what a new test does in the target's own words: its roles and samples. Reads no file."""

import re
from typing import Final, final

from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Role, Roles
from cellwall.project.samples import Samples
from cellwall.project.template import TemplateError, placeholders, spell

_ARGUMENTS: Final = re.compile(r",\s*\{arguments\}|\{arguments\}\s*,?\s*")


class UnspellableError(Exception):
    """The configuration does not say how to spell this; the text says which role or sample is missing."""


@final
class Spelling:
    """Gives source text and remembers the import lines that it needs.

    Example:
        spelling.role("agent_factory", name='"triage"', context="first")
        # 'agent_instance_factory.create_agent("triage", first)'
    """

    def __init__(self, roles: Roles, samples: Samples) -> None:
        self._roles = roles
        self._samples = samples
        self.imports: set[str] = set()
        self._used: set[str] = set()

    def has(self, *roles: str) -> bool:
        """Tell whether all these roles are configured or have a default."""
        return all(self._roles.get(name) for name in roles)

    def configured(self, name: str) -> bool:
        """Tell whether the project itself says how this role is spelled."""
        role = self._roles.get(name)
        return role is not None and role.line > 0

    def of_the_runtime_alone(self) -> bool:
        """Tell whether all roles spelled so far are the runtime's own, where the project says nothing."""
        return all(self.is_the_runtimes(name) for name in self._used)

    def is_the_runtimes(self, name: str) -> bool:
        """Tell whether a role is the runtime's own, since the project says nothing of it."""
        return self._roles.get(name) == DEFAULT_ROLES.by_name.get(name)

    def role(self, name: str, /, **values: str) -> str:
        """Give the role's expression, awaited where it must be; `values` are source texts.

        Raises:
            UnspellableError: nobody configured the role, or it asks for a value that is not given.
        """
        role = self._role(name)
        template = role.create if "arguments" in values else _ARGUMENTS.sub("", role.create)
        missing = [each for each in placeholders(template) if each not in values]
        if missing:
            raise UnspellableError(
                f"the role {name!r} asks for {{{missing[0]}}}, which this test cannot give"
            )
        self.imports.update(role.imports)
        self._used.add(name)
        try:
            text = spell(template, values)
        except TemplateError as error:
            raise UnspellableError(f"the role {name!r} cannot be spelled here: {error}") from error
        return f"await {text}" if role.awaited else text

    def name_of(self, name: str) -> str:
        """Give the dotted name that the role's expression calls, for sentences: `factory.create_agent`.

        Raises:
            UnspellableError: nobody configured the role.
        """
        found = re.match(r"[\w.]+", self._role(name).create)
        return found.group() if found else name

    def tells(self, name: str) -> bool:
        """Tell whether the role says anything about the members of what it makes."""
        role = self._role(name)
        return bool(role.members or role.coroutines)

    def awaits(self, name: str, member: str) -> bool:
        """Tell whether this member of what the role makes is a coroutine."""
        return member in self._role(name).coroutines

    def call(self, name: str, target: str, member: str, arguments: str = "", *, own: bool = True) -> str:
        """Give a call of a member of what the role made, awaited where the member is a coroutine.

        Args:
            name: the role.
            target: the expression on which the member is called.
            member: the member's name.
            arguments: their source.
            own: False where the target is not what the role made but something that this one gave.

        Raises:
            UnspellableError: what the role makes has no such member.
        """
        role = self._role(name)
        if own and role.members and member not in (*role.members, *role.coroutines):
            raise UnspellableError(f"what the role {name!r} makes has no member {member!r}")
        text = f"{target}.{member}({arguments})"
        return f"await {text}" if member in role.coroutines else text

    def sample(self, key: str, /, **values: str) -> str:
        """Give a sample's text with its placeholders filled; braces that hold no given name stay.

        Raises:
            UnspellableError: nobody configured the sample.
        """
        text = getattr(self._samples, key)
        if not text:
            raise UnspellableError(f"`[tool.cellwall.samples]` has no {key!r}")
        if key == "row":
            self.imports.update(self._samples.row_import)
        return re.sub(r"\{(\w+)\}", lambda match: values.get(match.group(1), match.group(0)), str(text))

    def use(self, line: str) -> None:
        """Remember an import line, such as `import asyncio`."""
        self.imports.add(line)

    def _role(self, name: str) -> Role:
        role = self._roles.get(name)
        if role is None:
            raise UnspellableError(f"`[tool.cellwall.roles]` has no {name!r}")
        return role
