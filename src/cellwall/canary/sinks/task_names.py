"""Names of tasks: debuggers, logs and monitors show them."""

from __future__ import annotations

import asyncio
from typing import Any, final

from cellwall.canary.patching import undo_all, wrap
from cellwall.canary.sighting import Reach
from cellwall.canary.sink import Uninstall
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch


@final
class TaskNameSink:
    """One user's code that names a task after another, mixing both, works for the wrong one."""

    name = "task-name"
    library = ""

    def install(self, watch: Watch) -> Uninstall:
        """Begin to see names of new tasks."""

        def make(original: Any) -> Any:
            def create_task(self: Any, coro: Any, **options: Any) -> Any:
                if options.get("name") is not None and current_viewer() is not None:
                    watch.observe("task-name", str(options["name"]), "new task", reach=Reach.WRITTEN)
                return original(self, coro, **options)

            return create_task

        def make_setter(original: Any) -> Any:
            def _set_task_name(task: Any, name: Any) -> Any:
                if name is not None and current_viewer() is not None:
                    watch.observe("task-name", str(name), "new task", reach=Reach.WRITTEN)
                return original(task, name)

            return _set_task_name

        steps = [wrap(asyncio.BaseEventLoop, "create_task", make)]
        if hasattr(asyncio.tasks, "_set_task_name"):  # before Python 3.13 the name is set afterwards
            steps.append(wrap(asyncio.tasks, "_set_task_name", make_setter))
        return undo_all(steps)
