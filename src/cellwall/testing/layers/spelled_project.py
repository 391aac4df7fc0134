"""The project's roles and samples as things that run: what `[tool.cellwall]` spells is evaluated here.

That text is the project's own configuration, which its own tests run; nothing else is evaluated.
"""

import asyncio
import inspect
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from threading import Thread
from typing import Any, Final, TypeVar, final

from cellwall.canary import CanaryBook
from cellwall.project.config import load_project
from cellwall.project.default_roles import DEFAULT_ROLES
from cellwall.project.roles import Roles
from cellwall.project.samples import Samples
from cellwall.project.template import spell

T = TypeVar("T")


class LayerError(Exception):
    """A layer cannot be exercised: the text says which role or sample is missing."""


@final
class SpelledProject:
    """How the project spells its things; makes them and calls them. `url` is where its service answers."""

    roles: Roles
    samples: Samples
    url: str

    def __init__(
        self, roles: Roles = DEFAULT_ROLES, samples: Samples | None = None, *, url: str = ""
    ) -> None:
        self.roles, self.samples, self.url = roles, samples or Samples(), url

    async def role(self, name: str, /, **values: Any) -> Any:
        """Make the thing of a role; `values` fill the placeholders.

        Raises:
            LayerError: the role is not configured.
        """
        role = self.roles.get(name)
        if role is None:
            raise LayerError(f"the role {name!r} is not configured; see `cellwall init`")
        return await self.evaluated(role.create, role.imports, values)

    async def sample(self, name: str, imports: tuple[str, ...] = (), /, **values: Any) -> Any:
        """Evaluate a sample.

        Raises:
            LayerError: it is not configured.
        """
        return await self.evaluated(self.text(name), imports, values)

    def text(self, name: str) -> str:
        """Give a sample as it stands in the configuration.

        Raises:
            LayerError: it is not configured.
        """
        text: str = getattr(self.samples, name)
        if not text:
            raise LayerError(f"the sample {name!r} is missing in [tool.cellwall.samples]")
        return text

    async def context(self, user_id: str) -> Any:
        """Make the context of a user."""
        return await self.role("context", user_id=user_id)

    @staticmethod
    async def evaluated(create: str, imports: tuple[str, ...], values: dict[str, Any]) -> Any:
        """Import, then evaluate the expression; awaits what has to be awaited."""
        names: dict[str, Any] = {f"_{name}": value for name, value in values.items()}
        for line in imports:
            exec(line, names)  # the project's own configuration, checked to be an import
        text = spell(create.replace(", {arguments}", ""), {name: f"_{name}" for name in values})
        code = compile(text.strip(), "[tool.cellwall]", "eval", flags=_TOP_LEVEL_AWAIT)
        made = eval(code, names)
        return await made if code.co_flags & inspect.CO_COROUTINE or inspect.iscoroutine(made) else made


_TOP_LEVEL_AWAIT: Final = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_given: Final[ContextVar[SpelledProject | None]] = ContextVar("cellwall_spelled_project", default=None)


@contextmanager
def using_project(project: SpelledProject) -> Iterator[SpelledProject]:
    """Let the assertions take this project for the block, and not the one around the current folder."""
    token = _given.set(project)
    try:
        yield project
    finally:
        _given.reset(token)


def current_project() -> SpelledProject:
    """Give the project of `using_project`, else that of the nearest pyproject.toml with `[tool.cellwall]`."""
    given = _given.get()
    if given is not None:
        return given
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "pyproject.toml").is_file():
            project = load_project(folder)
            return SpelledProject(project.roles, project.samples)
    return SpelledProject()


def rival_of(user_id: str) -> str:
    """Give the id of somebody else, the same one for the same user."""
    return f"rival-{CanaryBook().issue(user_id, 'rival').value}"


def secret_of(user_id: str) -> str:
    """Give a text that only this user may see."""
    return CanaryBook().issue(user_id, "secret").value


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, in a loop of its own; in a thread where a loop is running already.

    Raises:
        BaseException: what the coroutine raises.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    answer: list[Any] = []

    def run() -> None:
        try:
            answer.append((asyncio.run(work), None))
        except BaseException as error:
            answer.append((None, error))

    thread = Thread(target=run, name="cellwall-layers")
    thread.start()
    thread.join()
    [(result, error)] = answer
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]


def foreign(text: object, other: str, what: str) -> None:
    """Assert that nothing of the other user stands in the words of a thing.

    Raises:
        AssertionError: it does.
    """
    words = repr(text)
    for value in (secret_of(other), other):
        assert value not in words, f"{what} holds {value!r} of another user: {words[:400]}"
