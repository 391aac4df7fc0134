"""Things that several unit tests build."""

from netra_backend.tools.registry import ToolRegistry


def search_tool():
    return ToolRegistry.get_tool("search")


def fresh_notebook():
    notebook = ToolRegistry.get_tool("notebook")
    notebook._lines.clear()
    return notebook


def sentence(*words):
    return " ".join(words).capitalize() + "."
