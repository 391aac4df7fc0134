"""Coverage is measured of what the scoped tests import."""

from pathlib import Path

from cellwall.migrate.modules_under_test import modules_under_test


def test_imports_lead_to_application_files(tmp_path: Path) -> None:
    tests = {
        "tests/test_a.py": "from app import shop\nimport app.desk as d\nfrom tests.doubles import x\n",
        "tests/test_b.py": "def test(:\n",
        "tests/test_c.py": "import os\nfrom app.deep.thing import f\n",
    }
    for path, text in tests.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    tracked = ["app/__init__.py", "app/shop.py", "app/desk.py", "app/deep/thing.py", "app/unused.py", *tests]
    tracked.append("tests/doubles.py")
    assert modules_under_test(tmp_path, list(tests), tracked) == [
        "app/__init__.py",
        "app/deep/thing.py",
        "app/desk.py",
        "app/shop.py",
    ]
