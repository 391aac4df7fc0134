"""The interpreter of a measured program: how it finds Cellwall, how it was built, how fast it is."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

import cellwall

_SAYS: Final = """import platform, sysconfig
said = "with" if "--enable-optimizations" in str(sysconfig.get_config_var("CONFIG_ARGS")) else "without"
name = f"{platform.python_implementation()} {platform.python_version()}"
print(f"{name}, configured {said} --enable-optimizations")
"""
_PARSES: Final = """import argparse, ast, pathlib, timeit
text = pathlib.Path(argparse.__file__).read_text("utf-8")
print(min(timeit.repeat(lambda: ast.parse(text), number=1, repeat=30)) / len(text) * 1e9)
"""


def with_cellwall(python: Path | None) -> tuple[str, ...]:
    """Give the command of an interpreter that finds Cellwall and what it needs; None is the one that runs.

    Another one is given the folders of this one: it has to be of the same minor version.
    """
    if python is None:
        return (sys.executable,)
    folders = (str(Path(cellwall.__file__).parents[1]), sysconfig.get_path("purelib"))
    return ("/usr/bin/env", f"PYTHONPATH={os.pathsep.join(folders)}", str(python.absolute()))


def build(python: Path | None) -> str:
    """Say an interpreter's version and how it was configured.

    Debian's packages are built with profiles (PGO) too, but without this option: `parse_time` tells it.
    """
    return _said(python, _SAYS)


def parse_time(python: Path | None) -> float:
    """Give the nanoseconds that `ast.parse` takes for a character of a large module, the best of thirty."""
    return float(_said(python, _PARSES))


def _said(python: Path | None, program: str) -> str:
    command = [python or sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def of_programs(folder: Path | None) -> Path | None:
    """Give the interpreter of a virtual environment by its folder of programs, None where there is none."""
    python = folder / "python" if folder is not None else None
    return python if python is not None and python.exists() else None
