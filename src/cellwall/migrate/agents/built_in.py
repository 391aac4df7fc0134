"""The built-in agent: repairs the files of its batch, and writes the new test modules among them."""

from dataclasses import replace

from cellwall.migrate.agents.agent import Request
from cellwall.migrate.agents.codemod import CodemodAgent
from cellwall.migrate.batch import FileChange, NewModule, Patch
from cellwall.migrate.capabilities.registry import capability_named
from cellwall.migrate.new_tests.roles_of_tests import modules_by_role
from cellwall.migrate.new_tests.writing import module_for


class BuiltInAgent:
    """Does what the capabilities can: old files by the checker's fixes, new ones by their own tests."""

    name = "built-in"

    def propose(self, request: Request) -> Patch:
        """Give one patch with the repairs and the new modules of the batch."""
        written = dict(request.batch.writes)
        old = tuple(path for path in request.batch.paths if path not in written)
        repaired = CodemodAgent().propose(replace(request, batch=replace(request.batch, paths=old)))
        changes, modules = list(repaired.changes), list[NewModule]()
        for path, name in sorted(written.items()):
            capability = capability_named(name)
            source = module_for(capability, request.project, path)
            changes.append(FileChange(path, None, source))
            if capability.new_tests:
                modules += modules_by_role(path, name, capability.new_tests, source)
        return replace(
            repaired,
            batch=request.batch,
            changes=tuple(sorted(changes, key=lambda change: change.path)),
            new_modules=tuple(modules),
        )
