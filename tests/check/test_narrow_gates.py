"""Sources that gates once kept out though their rules find something there."""

import pytest

from cellwall.check.engine import check_module, check_source
from cellwall.check.file_kind import file_kind
from cellwall.check.gate import GatedSource
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule_gates import RuleGates, gates
from cellwall.check.settings import CheckSettings

VIEW = "from django.views.decorators.cache import cache_page\n\n\n"
VIEW += "@cache_page(60)\ndef menu(request):\n    return build({})\n"
APP = "from fastapi import Depends, FastAPI\n\napp = FastAPI()\n\n\n"
FIND = "runs = {}\n\n\n@app.get('/')\ndef find(run_größe_id: str):\n    return runs[run_größe_id]\n"
SILENT = "import asyncio\n    await asyncio.gather(f(), g())\n"
KEPT = [
    ("CW503", "app/a.py", VIEW.format("request.headers['X-API-Key']")),
    ("CW503", "app/a.py", VIEW.format("request.META['REMOTE_USER']")),
    (
        "CW209",
        "app/a.py",
        "from attrs import mutable as immutable\n\nHISTORY = []\n\n\n@immutable\nclass Turn:\n"
        "    data: list\n\n\n"
        "def begin():\n    return Turn(data=HISTORY)\n",
    ),
    ("CW501", "app/a.py", "def find(cache, USER_IDS):\n    return cache.get(USER_IDS[:2])\n"),
    ("CW803", "tests/test_a.py", "\ufeffasync def test_a():\n    " + SILENT),
    (
        "CW803",
        "tests/test_a.py",
        "class TestA:\n    async \\\ndef test_a(self):\n        import asyncio\n"
        "        await asyncio.gather(f(), g())\n\n"
        "    def test_b(self):\n        assert 1\n",
    ),
    (
        "CW702",
        "app/a.py",
        "import jwt\n\n\ndef token(user):\n    return make({'sub': user}, KEY)\n"
        "\n\nmake = jwt.encode  # signs",
    ),
    ("CW601", "app/a.py", APP + FIND),
    (
        "CW504",
        "app/a.py",
        "async def menu(cache, email):\n    await cache.set('menu', build(email))\n",
    ),
    (
        "CW407",
        "app/a.py",
        "def find(session):\n    return session.query(Note).filter(Note.createdBy is not None)\n",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("code", "path", "source"), KEPT)
def test_they_get_through(code: str, path: str, source: str) -> None:
    settings, project, written = CheckSettings(preview=True), ProjectFacts(), source.encode()
    rule, gate = next((rule, gate) for rule, gate in gates(settings) if rule.code == code)
    module = module_facts(path, written, project, is_test=settings.is_test_file(path))
    assert isinstance(module, ModuleFacts)
    assert code in {found.code for found in check_module(module, [rule], settings)}
    kind = file_kind(path, is_test=settings.is_test_file(path))
    together = RuleGates(settings)
    together.expect(kind, 1000, project)
    assert GatedSource(written, kind, (), together.patterns(kind, project)).passes(gate)
    assert code in {found.code for found in check_source(path, written, settings, project).findings}
