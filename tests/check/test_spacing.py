"""The layouts of the tests mean what the first one means, and differ from it."""

import ast

from tests.check.spacing import layouts

SOURCE = '''\
import os  # why


class Note(Base):
    """A text (of one)."""

    kept = {}  # { of all


async def get(self, key="a b", *rest):
    if key not in Note.kept and self.app.state.x:
        Note.kept[key[:-1]] = await self.load(f"{key!r} . {self.b( 1 )}", lambda: (yield))
    match key:
        case os.sep | [os.curdir, *_]:
            return "a" "b".join(x for x in rest)
'''


def test_every_layout_means_the_same() -> None:
    seen, named = {SOURCE}, dict(layouts(SOURCE))
    for layout, source in named.items():
        assert ast.dump(ast.parse(source)) == ast.dump(ast.parse(SOURCE)), layout
        assert source not in seen, layout
        seen.add(source)
    assert len(seen) == 9
    assert "  .  kept  [" in named["'  '"]
    assert "if(" in named["parentheses"]
    assert "await(" in named["parentheses"]
