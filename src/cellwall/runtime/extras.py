"""Which extra of this distribution brings a library that a building block needs."""

from typing import Final

EXTRAS: Final = {
    "sqlalchemy": "db",
    "aiosqlite": "db",
    "asyncpg": "postgres",
    "redis": "redis",
    "starlette": "web",
    "joserfc": "auth",
    "httpx": "http",
    "msgspec": "tools",
}


def explain(error: ModuleNotFoundError, name: str) -> None:
    """Say what to install for `name`, where an extra brings the library that is missing.

    Raises:
        ModuleNotFoundError: the same error with that text.
    """
    library = (error.name or "").partition(".")[0]
    if library in EXTRAS:
        text = (
            f"{name} needs {library}, which is not installed here: pip install 'cellwall[{EXTRAS[library]}]'"
        )
        raise ModuleNotFoundError(text, name=error.name, path=error.path) from error
