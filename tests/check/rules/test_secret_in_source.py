"""Secrets in the source."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "secret-in-source"
FOUND = [
    pytest.param(
        """
        import os
        SECRET_KEY = os.getenv("SECRET_KEY") or "hunter2"
        """,
        [2],
        id="or",
    ),
    pytest.param(
        """
        class Config:
            JWT_SECRET_KEY = "hunter2"
        """,
        [2],
        id="in a class",
    ),
    pytest.param(
        """
        app.config["SECRET_KEY"] = "hunter2"
        """,
        [1],
        id="an item of a configuration",
    ),
    pytest.param(
        """
        from starlette.middleware.sessions import SessionMiddleware
        app.add_middleware(SessionMiddleware, secret_key="hunter2")
        app.config.update(SECRET_KEY="hunter2", DEBUG=True)
        """,
        [2, 3],
        id="given to what signs sessions",
    ),
]
SILENT = [
    pytest.param(
        """
        import jwt
        KEY = read_key()
        def f(token, SECRET="x"):
            return jwt.decode(token, KEY), jwt.decode(token, SECRET)
        """,
        id="a key that comes from elsewhere",
    ),
    pytest.param(
        """
        import jwt
        KEY = "change-me-please"
        KEY = read_key() or die()
        def f(token):
            return jwt.decode(token, KEY)
        """,
        id="a key that is set anew",
    ),
    pytest.param(
        """
        class Manager:
            _SHOP_PASSWORD_SECRET_KEY = "password"
            PLACEHOLDER_SECRET_KEY = "change-me"
        """,
        id="what an item is called, and what is refused",
    ),
    pytest.param(
        """
        import os
        MINIO_SECRET_KEY = os.getenv("MINIO_SECRET_KEY", "minioadmin")
        """,
        id="the key of another service, by its name",
    ),
    pytest.param(
        """
        _totp_secret_key = "_totp_secret"
        """,
        id="the key of an item",
    ),
    pytest.param(
        """
        class Param:
            def __init__(self):
                self.secret_key = "xxx"
        """,
        id="to be filled in",
    ),
    pytest.param(
        """
        client = connect(aws_secret_key="hunter2")
        """,
        id="the key of another service, which signs no tokens",
    ),
    pytest.param(
        """
        SECRET_KEY = "SECRET_KEY"
        """,
        id="the name of a variable",
    ),
    pytest.param(
        """
        SECRET_KEY = "{{ secret }}"
        """,
        id="a placeholder of a template",
    ),
    pytest.param(
        """
        JWT_SECRET = "/run/secrets/jwt"
        """,
        id="a path",
    ),
    pytest.param(
        """
        import os
        SECRET_KEY = os.environ["SECRET_KEY"]
        """,
        id="from the environment",
    ),
    pytest.param(
        "class Minio:\n    access_key: str = 'minioadmin'\n    secret_key: str = 'minioadmin'\n",
        id="the key of a store",
    ),
    pytest.param(
        "def store(access_key='minioadmin', secret_key='minioadmin'):\n    return open_store()\n",
        id="the key of a store, as a parameter",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []


@pytest.mark.parametrize(
    "path", ["ci/keys.py", "settings/local_dev.py", "shop/settings/dev.py", "shop/_build_settings.py"]
)
def test_settings_that_serve_nobody_are_left_alone(lines: Lines, path: str) -> None:
    assert lines(RULE, "SECRET_KEY = 'hunter2'", path=path) == []


@pytest.mark.parametrize("path", ["settings/production.py", "shop/device.py", "shop/locale.py"])
def test_other_files_are_not(lines: Lines, path: str) -> None:
    assert lines(RULE, "SECRET_KEY = 'hunter2'", path=path) == [1]
