import re
import runpy
from html import unescape
from pathlib import Path

ROOT = Path(__file__).parents[2]


def texts(svg: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def drawn() -> str:
    script = runpy.run_path(str(ROOT / "scripts" / "picture.py"))
    svg = script["picture"](script["halfway_through"]())
    assert isinstance(svg, str)
    return svg


def test_the_picture_in_the_documentation_is_the_dashboard_of_today() -> None:
    kept = (ROOT / "docs" / "dashboard.svg").read_text(encoding="utf-8")
    assert texts(kept) == texts(drawn())
    assert any("Agent 3 (Sockets)" in text.replace("\xa0", " ") for text in texts(kept))


def test_the_picture_loads_nothing() -> None:
    for svg in (drawn(), (ROOT / "docs" / "dashboard.svg").read_text(encoding="utf-8")):
        addresses = set(re.findall(r"\w+://[^\s\"')]+", svg))
        assert addresses == {"http://www.w3.org/2000/svg"}  # the namespace's name, which nobody loads
        assert not re.search(r"@font-face|@import|<image|<script|href=|url\((?!#)", svg)
