"""No gate about scripts asks how a script is laid out: what a rule finds passes in other spacings too."""

import re

import pytest

from cellwall.check.file_kind import file_kind
from cellwall.check.gate import GatedSource
from cellwall.check.javascript.registry import script_rules
from cellwall.check.javascript.script import Script, read_script
from cellwall.check.javascript.script_rule import ScriptRule
from cellwall.check.settings import CheckSettings

LAYOUTS = {
    "a blank before a bracket": (r"(?<=\w)\(", " ("),
    "a line before a bracket": (r"(?<=\w)\(", "\n  ("),
    "a comment before a bracket": (r"(?<=\w)\(", "/* ( */("),
    "a tab for a blank": (r"(?<=\w) (?=\w)", "\t"),
    "a line for a blank": (r"\b(let|var|const|new) ", r"\1\n  "),
    "a comment for a blank": (r"\b(let|var|const|new) ", r"\1/* new */"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("rule", script_rules(), ids=lambda rule: rule.code)
def test_what_is_found_passes_in_every_layout(rule: ScriptRule, layout: str) -> None:
    settings = CheckSettings(preview=True)
    for example in rule.INVALID:
        source = re.sub(*LAYOUTS[layout], example.source).encode()
        gated = GatedSource(source, file_kind(example.path, is_test=settings.is_test_file(example.path)))
        if not gated.passes(rule.gate()):
            script = read_script(example.path, source)
            assert isinstance(script, Script)
            assert list(rule.check(script)) == [], source


def test_the_gates_see_what_stands_in_a_layout() -> None:
    """A gate that lets nothing through would pass above only if its rule found nothing either."""
    rule = next(rule for rule in script_rules() if rule.code == "CW914")
    for pattern, text in LAYOUTS.values():
        source = re.sub(pattern, text, rule.INVALID[0].source)
        script = read_script("web/send.test.js", source.encode())
        assert isinstance(script, Script)
        assert len(list(rule.check(script))) == 1, source
