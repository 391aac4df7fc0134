"""Functions that compute are known by name; the others somebody has to vouch for."""

import pytest

from cellwall.runtime.database.guard.functions import COMPUTING, Functions
from cellwall.runtime.errors import UnguardedStatementError


def test_computing_functions_pass() -> None:
    functions = Functions(["My_Own", "geo.area"])
    for name in ("count", "COALESCE", "my_own", "jsonb_agg"):
        functions.check(name)
    functions.check("lower", ["pg_catalog"])
    functions.check("area", ["geo"])


@pytest.mark.parametrize(
    "name",
    [
        "query_to_xml",
        "table_to_xml",
        "database_to_xml",
        "dblink",
        "pg_read_file",
        "lo_import",
        "set_config",
        "ts_stat",
        "ts_rewrite",
        "load_extension",
        "readfile",
        "writefile",
        "pg_sleep",
        "nextval",
        "setval",
        "pg_notify",
        "crosstab",
        "current_setting",
        "xpath_table",
        "eval",
        "fts3_tokenizer",
        "pg_stat_file",
        "pg_terminate_backend",
    ],
)
def test_what_runs_or_reaches_something_else_does_not(name: str) -> None:
    assert name not in COMPUTING
    with pytest.raises(UnguardedStatementError, match="functions="):
        Functions().check(name)


def test_a_package_is_part_of_the_name() -> None:
    with pytest.raises(UnguardedStatementError):
        Functions().check("lower", ["somebodys"])
