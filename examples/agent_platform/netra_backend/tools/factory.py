"""The platform's tools, registered with the factory that makes them for a request."""

from cellwall import ToolDispatcherFactory, tool_factory

from netra_backend.tools.calculator import CalculatorTool
from netra_backend.tools.model import ModelTool
from netra_backend.tools.notebook import NotebookTool
from netra_backend.tools.search import SearchTool

__all__ = ["ToolDispatcherFactory", "tool_factory"]

for _tool in (CalculatorTool, ModelTool, NotebookTool, SearchTool):
    if _tool.name not in tool_factory.registry.names():
        tool_factory.registry.register(_tool.name, _tool)
