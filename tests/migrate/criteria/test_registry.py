from pathlib import Path

from cellwall.migrate.criteria import evaluators
from cellwall.migrate.criteria.registry import all_evaluators


def test_every_file_in_the_folder_is_an_evaluator_named_after_it() -> None:
    folder = Path(evaluators.__path__[0])
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert {evaluator.name.replace("-", "_") for evaluator in all_evaluators()} == files
