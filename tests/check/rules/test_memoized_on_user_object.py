"""Memoized on a user object."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "memoized-on-user-object"
USER = """
        class User:
            def __init__(self, id, name):
                self.id = id
                self.name = name
            def __eq__(self, other):
                return self.name == other.name
            def __hash__(self):
                return hash(self.name)"""
CACHED = """
        from functools import lru_cache
        from {module} import User
        @lru_cache
        def menu(user: User):
            return load(user.id)
        """
FOUND = [
    pytest.param(
        """
        from app.caches import cache
        from app.models import User
        @cache.memoize()
        def f(user: User | None):
            return user
        """,
        [4],
        id="an optional one",
    ),
    pytest.param(
        USER
        + """
        from functools import lru_cache as kept
        @kept
        def menu(user: User | None, day: int):
            if user is None:
                return []
            return build(user, day)
        """,
        [11],
        id="an object that is equal by its name, handed on",
    ),
    pytest.param(
        USER
        + """
        from cachetools.func import ttl_cache
        @ttl_cache(ttl=60)
        def menu(user: "User"):
            return load(user._id)
        """,
        [11],
        id="an annotation that is a text",
    ),
    pytest.param(
        USER
        + """
        from functools import lru_cache
        def menu(user: User):
            return load(user.id)
        kept = lru_cache(9)(menu)
        """,
        [10],
        id="spelled as a call",
    ),
    pytest.param(
        USER
        + """
        import functools
        def menu(user: User):
            return load(user.id)
        kept = functools.cache(menu)
        """,
        [10],
        id="given to the cache itself",
    ),
    pytest.param(
        """
        from app.caches import cache
        def menu(user):
            return load(user)
        kept = cache.memoize(timeout=60)(menu)
        """,
        [3],
        id="memoized by a call",
    ),
    pytest.param(
        USER
        + """
            def menu(self):
                return load(self.id)
            menu = lru_cache(menu)
        from functools import lru_cache
        """,
        [10],
        id="a method, in the body of its class",
    ),
    pytest.param(
        USER
        + """
        import functools
        cache = functools.cache
        @cache
        def menu(user: User):
            return load(user.id)
        """,
        [12],
        id="what is not compared is read",
    ),
    pytest.param(
        USER
        + """
            @functools.lru_cache(maxsize=None)
            def menu(self):
                return load(self.id)
        import functools
        """,
        [11],
        id="a method of it",
    ),
]
SILENT = [
    pytest.param(
        """
        from shop.decorators import memoize
        class Artifact:
            @memoize
            def subscribed(self, user=None):
                return 1
        """,
        id="a method by a decorator of the project's own, which may keep results on the object",
    ),
    pytest.param(
        """
        from app.caches import cache
        @cache.memoize()
        def f(user: int):
            return user
        """,
        id="its id",
    ),
    pytest.param(
        """
        def f(user):
            return user
        """,
        id="not memoized",
    ),
    pytest.param(
        USER
        + """
        from functools import lru_cache
        @lru_cache
        def initials(user: User):
            return user.name[:1]
        """,
        id="what is compared decides",
    ),
    pytest.param(
        USER
        + """
            @classmethod
            @lru_cache
            def menu(klass):
                return load(klass.id)
        from functools import lru_cache
        """,
        id="a method of the class itself",
    ),
    pytest.param(
        USER
        + """
        from cachetools import cached
        @cached({}, key=lambda user: user.id)
        def menu(user: User):
            return load(user.id)
        """,
        id="a key of its own",
    ),
    pytest.param(
        """
        from functools import lru_cache
        from app.models import User
        @lru_cache
        def menu(user: User, current_user):
            return load(user.id)
        """,
        id="a class that cannot be seen",
    ),
    pytest.param(
        """
        from functools import lru_cache
        class User:
            def __init__(self, id):
                self.id = id
        @lru_cache
        def menu(user: User):
            return load(user.id)
        """,
        id="identity",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []


@pytest.mark.parametrize(
    ("path", "module", "expected"),
    [
        ("app/models.py", "app.models", [4]),
        ("src/app/models/users.py", "app.models", [4]),
        ("app/models.py", ".models", [4]),
        ("other/models.py", "app.models", []),
    ],
)
def test_a_class_of_another_file(lines: Lines, path: str, module: str, expected: list[int]) -> None:
    assert lines(RULE, CACHED.format(module=module), files={path: USER}) == expected
