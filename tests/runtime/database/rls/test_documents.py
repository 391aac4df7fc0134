"""The page on row-level security runs as it is written."""

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from sqlalchemy import MetaData

from cellwall.runtime.database.rls.opening import opening
from cellwall.runtime.database.rls.script import policies_sql

from .conftest import Walled, drop_everything

PAGE = (Path(__file__).parents[4] / "docs/runtime/row-level-security.md").read_text()


def blocks(language: str) -> list[str]:
    """Give the code blocks of one language."""
    return [
        dedent(code) for code in re.findall(rf"^ *```{language}\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)
    ]


async def test_the_example_runs(bare: Walled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_DATABASE_URL", bare.url.render_as_string(hide_password=False))
    monkeypatch.setenv("OWNER_KEY", "ab" * 32)
    names: dict[str, Any] = {"__name__": "example_of_the_page"}
    for code in blocks("python"):
        exec(compile(code, "row-level-security.md", "exec"), names)
    metadata: MetaData = names["Base"].metadata
    async with bare.admin.begin() as connection:
        await connection.run_sync(metadata.create_all)
    try:
        bare.ownership = names["ownership"]
        await bare.apply()
        assert await names["letters_of"]("ada") == ["mine"]
        assert await names["letters_of"]("bob") == ["mine"]
        assert await bare.run("SELECT count(*) FROM letters") == [(2,)]
        assert names["signer"].key_id == "2026-11"
        policy = next(code for code in blocks("sql") if "CREATE POLICY" in code)
        assert " ".join(policy.split()).removesuffix(";") in policies_sql(bare.ownership)
    finally:
        async with bare.admin.begin() as connection:
            await connection.run_sync(drop_everything, metadata)


def test_the_message_is_what_is_sent() -> None:
    assert f"`BEGIN;{opening('ada')}`" in PAGE
