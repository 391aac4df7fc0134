"""Pattern sets name capabilities and their rules; an unknown name is refused with the list."""

from pathlib import Path

import pytest

from cellwall.migrate.errors import RunUsageError
from cellwall.migrate.pattern_sets import check_settings, pattern_set
from cellwall.project.config import load_project


def test_request_isolation_is_everything_that_is_built_in() -> None:
    found = pattern_set("request_isolation")
    assert set(found.capabilities) >= {
        "replace-registry-access",
        "remove-shared-session",
        "use-connection-pool",
    }
    assert set(found.rules) >= {
        "dispatcher-without-context",
        "global-registry-access",
        "shared-session",
        "singleton-websocket-manager",
    }
    assert len(set(found.rules)) == len(found.rules)


@pytest.mark.parametrize("name", ["", "Request_Isolation", "../x", "nothing"])
def test_an_unknown_name_is_refused_with_the_list(name: str) -> None:
    with pytest.raises(RunUsageError, match=r"no pattern set .*choose one of: request_isolation"):
        pattern_set(name)


def test_the_checker_runs_with_the_rules_of_the_set(tmp_path: Path) -> None:
    project = load_project(tmp_path)
    settings = check_settings(project, "request_isolation")
    assert settings.rules == pattern_set("request_isolation").rules
    assert settings.test_files == project.test_files
    assert not settings.include_app
