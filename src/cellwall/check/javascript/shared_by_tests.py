"""What the tests of one file share: variables of the file and of its suites, and the tests that use them."""

from cellwall.check.javascript.script import Script
from cellwall.check.javascript.suites import Block, block_around, blocks
from cellwall.check.javascript.variables import Variable, module_variables, variables_of


def shared_variables(script: Script) -> tuple[Variable, ...]:
    """Give the variables that more than one test may use, those of outer suites first."""
    return script.fact(_shared)


def _shared(script: Script) -> tuple[Variable, ...]:
    suites = [block for block in blocks(script) if block.kind == "suite"]
    return (
        *module_variables(script),
        *(one for suite in suites for one in variables_of(script, suite.function)),
    )


def tests_using(script: Script, variable: Variable) -> list[Block]:
    """Give the tests in whose functions a variable is named."""
    found: dict[int, Block] = {}
    for use in variable.uses:
        block = block_around(script, use, "test")
        if block is not None:
            found.setdefault(block.call.range().start.index, block)
    return list(found.values())
