"""Lays the example of a distribution with a rule of its own out as an installer does."""

import os
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "rule_plugin"
SOURCE = (EXAMPLE / "quiet_rules.py").read_text()


def installed(folder: Path, module: str | None = None) -> dict[str, str]:
    """Lay the example plugin out as pip would, and give the environment in which it is importable."""
    source = module if module is not None else SOURCE
    (folder / "quiet_rules.py").write_text(source)
    info = folder / "quiet_rules-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: quiet-rules\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text((EXAMPLE / "entry_points.txt").read_text())
    return os.environ | {"PYTHONPATH": str(folder)}
