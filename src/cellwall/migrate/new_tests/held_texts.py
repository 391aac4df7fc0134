"""The function by which a new test searches canaries deeply: in all that a value holds."""

from typing import Final

from cellwall.migrate.new_tests.spelling import Spelling

_SOURCE: Final = '''
def texts_held_by(value):
    """Give every text that the value holds, however deep; code and event loops are not its own."""
    foreign = (type, ModuleType, FunctionType, asyncio.AbstractEventLoop)
    waiting, seen, texts = [value], {}, []
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            texts.append(part)
        elif id(part) not in seen and not isinstance(part, foreign):
            seen[id(part)] = part
            waiting += gc.get_referents(part)
            waiting += part if isinstance(part, dict) else ()  # it tells of no keys that are texts
    return "\\n".join(texts)
'''


def held_texts(say: Spelling) -> str:
    """Give the source of `texts_held_by`, followed by two empty lines, and remember its imports."""
    for line in ("import asyncio", "import gc", "from types import FunctionType, ModuleType"):
        say.use(line)
    return f"{_SOURCE.strip()}\n\n\n"
