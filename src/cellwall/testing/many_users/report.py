"""Tells what came of a run: notes on the failure, sections for each user, and a record for the summary."""

import json
import os
import re
import shlex
import sys
import zlib
from collections.abc import Iterable
from inspect import iscoroutinefunction
from typing import Any, Final

import pytest

from cellwall.project.number_of import number_of
from cellwall.testing.many_users.own_values import SeenByOthersError
from cellwall.testing.many_users.probing import SUCCESSOR
from cellwall.testing.many_users.result import Failure, RunResult
from cellwall.testing.many_users.running import Tried
from cellwall.testing.many_users.settings import IsolationSettings
from cellwall.testing.many_users.verdict import Verdict, said

_SHOWN: Final = 3  # sightings, and words
_WORD: Final = re.compile(r"[\w.@+-]{8,}")
RECORD: Final = "cellwall_isolation"  # the name of the property in reports, JUnit's included


def report(item: Any, tried: Tried, verdict: Verdict | None, settings: IsolationSettings) -> None:
    """Add to the first failure, the item's sections and the item's properties what a reader needs."""
    result, first = tried.result, tried.result.first
    if first is not None and verdict is not None:
        first.error.add_note(_note(item, tried, first, verdict))
    for (phase, text), users in _alike(item, [each for each in result.failures if each is not first]).items():
        item.add_report_section("call", f"{', '.join(users)}, {phase}", text)
    for user in result.users:
        for title, text in result.output.get(user, ()):
            if first is None:
                sys.stdout.write(f"[{user} {title}]\n{text}")
            else:
                item.add_report_section("call", f"{user}, {title}", text)
    record(
        item,
        verdict=("passed" if first is None else verdict.kind if verdict is not None else "not judged"),
        text="" if verdict is None else verdict.text,
        replay=tried.replay,
        **({"declared": result.declared} if result.declared else {}),
        **({"unseen": result.unseen} if result.unseen else {}),
        **({} if iscoroutinefunction(item.obj) else {"threads": True}),
        **tried.certificate,
    )


def record(item: Any, **values: Any) -> None:
    """Put the record of a test into its reports, where the summary and other tools find it.

    That of an earlier try gives way: whoever reruns tests keeps the item, and what it bears, for all tries.
    """
    item.user_properties[:] = [each for each in item.user_properties if each[0] != RECORD]
    item.user_properties.append((RECORD, json.dumps(values, sort_keys=True)))


def _note(item: Any, tried: Tried, first: Failure, verdict: Verdict) -> str:
    result = tried.result
    words = () if isinstance(first.error, SeenByOthersError) else result.sightings[:_SHOWN]
    seen = "".join(f"\n  seen:   {each}" for each in words)
    others = len({each.user for each in result.failures if each.user} - {first.user})
    passed = len(result.clean)
    how = "".join(f"\n  how:    {line}" for line in tried.certificate.get("how", ()))
    if "alone" in tried.certificate:
        how += f"\n  alone:  {tried.certificate['alone']}"
    return (
        f"\ncellwall: {verdict.kind.upper()}: {verdict.text}\n"
        f"  who:    {_who(first.user, result)}, in {first.phase}; {number_of(others, 'other')} failed, "
        f"{passed} passed"
        f"{_foreign(first, result)}{seen}{how}\n"
        f"  repeat: pytest {shlex.quote(_from_here(item))} {_with_options(tried.replay, item)}"
        f"{_drawn(item, tried.drawing)}"
    )


def _who(user: str, result: RunResult) -> str:
    if user == SUCCESSOR:
        return f"{user}, the user who came after {result.users[0]} on the same task"
    number = len([each for each in result.users if each != SUCCESSOR])
    return f"{user} of {number_of(number, 'user')}" if user else "what all users share"


def _foreign(first: Failure, result: RunResult) -> str:
    """Tell which words of the failure are another user's."""
    if result.book is None or isinstance(first.error, SeenByOthersError):
        return ""
    words = dict.fromkeys(_WORD.findall(said(first.error)))
    lines = [
        f"\n  what:   {word} is {' and '.join(owners)}'s"
        for word in words
        if (owners := sorted(result.book.owners_in(word) - {first.user}))
    ]
    return "".join(lines[:_SHOWN])


def _from_here(item: Any) -> str:
    """Give the test's name as pytest takes it in the folder where it was started."""
    path, mark, name = item.nodeid.partition("::")
    here: str = os.path.relpath(item.config.rootpath / path, item.config.invocation_params.dir)
    return f"{here}{mark}{name}"


def _with_options(replay: str, item: Any) -> str:
    """Add to what repeats a run the options without which it would be another run."""
    config, settings = item.config, ""
    if config.getoption("no_isolation_probes"):
        settings += " --no-isolation-probes"
    if config.getoption("isolation_threads"):
        settings += " --isolation-threads"
    before, mark, note = replay.partition("  (")  # what is said of a schedule that does not repeat
    return f"{before}{settings}{mark}{note}"


def _drawn(item: Any, drawing: str) -> str:
    """Put the page into pytest's cache and say where; nothing where pytest has no cache."""
    cache = getattr(item.config, "cache", None)
    if not drawing or cache is None:
        return ""
    name = f"{re.sub(r'[^A-Za-z0-9]+', '-', item.nodeid)[-80:]}-{zlib.crc32(item.nodeid.encode()):08x}.html"
    try:
        page = cache.mkdir("cellwall") / name
        page.write_text(drawing, encoding="utf-8")
    except OSError as error:
        return f"\n  drawn:  not kept: {error.strerror}"
    return f"\n  drawn:  {page}"


def _alike(item: Any, failures: Iterable[Failure]) -> dict[tuple[str, str], list[str]]:
    """Give phase and text to the users who failed so."""
    found: dict[tuple[str, str], list[str]] = {}
    for failure in failures:
        key = (failure.phase, _text_of(item, failure.error))
        found.setdefault(key, []).append(failure.user or "what users share")
    return found


def _text_of(item: Any, error: BaseException) -> str:
    found = pytest.ExceptionInfo.from_exception(error)
    found.traceback = found.traceback.cut(path=item.path)
    return str(found.getrepr(style="short"))
