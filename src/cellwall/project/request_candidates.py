"""Finds candidates for what stands at a request's door: the application, tokens, limits.

By names, signatures and return annotations, as `candidates` does for the other roles.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from cellwall.project.application_code import Code, find_class, module_name
from cellwall.project.candidates import Candidate, instance_of
from cellwall.project.definitions import Class, Function, Module, Parameter

ASGI: Final = frozenset({"FastAPI", "Starlette", "Litestar", "Quart"})
_APP_MAKER: Final = re.compile(r"(create|make|build|get)_(\w+_)?(app|application)$")
_TOKEN_MAKER: Final = re.compile(
    r"(create|make|generate|issue|encode|mint|sign|new|build)_(\w+_)?(token|jwt)$"
)
_TOKEN_READER: Final = re.compile(
    r"(decode|verify|validate|read|parse)_(\w+_)?(token|jwt)$"
    r"|(get_)?(user|owner|subject)(_id)?_(of|from)(_\w+)?$"
)
_OTHER_TOKENS: Final = re.compile(
    r"refresh|reset|csrf|xsrf|verification|confirm|invit|service|api_|email|share|oauth|state|revoke|cancel"
)
_TOKEN: Final = re.compile(r"(\w+_)?(token|jwt)$")
_USER: Final = re.compile(r"(user|owner|account|customer)(_?id|name)?$|subject$|sub$|identifier$")
_CLAIMS: Final = re.compile(r"data|payload|claims|to_encode$")
_LIMITER: Final = re.compile(r"\w*(Limiter|Throttle)$")
_LIMITED: Final = re.compile(
    r"(may|can|is|allow|check|within)_(\w+_)?(request|allowed|limit|rate|quota)(_\w+)?$"
)
_ALLOWS: Final = re.compile(r"(is_)?allow(ed|s)?(_request)?$|may_\w+$|(try_)?(acquire|hit|consume)$|check$")
_KEY: Final = re.compile(r"(\w+_)?key$|client_id$")


def applications(code: Code) -> Iterator[Candidate]:
    """ASGI applications: functions that make one without arguments, and those that a module keeps."""
    for module in _importable(code):
        for function in module.functions:
            named, known = _APP_MAKER.match(function.name), function.returns in ASGI
            framework = next((name for name in sorted(ASGI) if name in module.imported), "")
            if not known and not (named and framework and not function.returns):
                continue
            missing = ", ".join(each.name for each in function.required)
            words = (
                f"{function.name}() gives {function.returns or f'what is not said; {framework} is imported'}"
            )
            yield Candidate(
                module, function.line, function.name, f"{function.name}()", function.awaited, "",
                0 if known else 2, words, f"needs {missing}" if missing else "",
            )  # fmt: skip
        for name, (made, line) in module.instances.items():
            if made in ASGI and not name.startswith("_"):
                yield Candidate(module, line, name, name, False, "", 1, f"{name} = {made}(...)")


def tokens(code: Code) -> Iterator[Candidate]:
    """Functions and methods that make a token for a user."""
    for module, cls, function in _callables(code):
        if not _TOKEN_MAKER.match(function.name) or _OTHER_TOKENS.search(function.name):
            continue
        value, also, obstacle = _for_user(code, module, function)
        if function.returns not in ("str", ""):
            obstacle = obstacle or f"gives {function.returns}, not a text"
        fit = 0 if function.returns else 1
        yield replace(_call(module, cls, function, value), fit=fit, also=also).unless(obstacle)


def token_owners(code: Code) -> Iterator[Candidate]:
    """Functions and methods that tell whose a token is."""
    homes = {
        module.path.rpartition("/")[0] for module, _, f in _callables(code) if _TOKEN_MAKER.match(f.name)
    }
    for module, cls, function in _callables(code):
        required = function.required
        takes_token = len(required) == 1 and _TOKEN.match(required[0].name)
        if not _TOKEN_READER.match(function.name) or not takes_token or _OTHER_TOKENS.search(function.name):
            continue
        part, obstacle = _user_of(code, module, function)
        far = module.path.rpartition("/")[0] not in homes
        fit = far + 2 * part.startswith("[")
        yield replace(_call(module, cls, function, "{token}", part), fit=fit).unless(obstacle)


def limiters(code: Code) -> Iterator[Candidate]:
    """Functions, and methods of limiters, that tell whether a user may make one more request."""
    for module, cls, function in _callables(code):
        pattern = _LIMITED if cls is None else _ALLOWS if _LIMITER.match(cls.name) else None
        if pattern is None or not pattern.match(function.name):
            continue
        required = function.required
        fits = len(required) == 1 and (_USER.match(required[0].name) or _KEY.match(required[0].name))
        obstacle = "" if fits else f"takes {', '.join(each.name for each in required) or 'nobody'}"
        if function.returns != "bool":
            obstacle = obstacle or f"gives {function.returns or 'what is not said'}, not true or false"
        plain = bool(required) and bool(_USER.match(required[0].name))
        fit = 0 if plain else 1
        yield replace(_call(module, cls, function, "{user_id}"), fit=fit).unless(obstacle)


def _for_user(code: Code, module: Module, function: Function) -> tuple[str, tuple[str, ...], str]:
    """Give the argument that says for whom a token is, what it imports, and what stands in the way."""
    required = function.required
    if len(required) != 1:
        return "", (), f"takes {', '.join(each.name for each in required) or 'no user'}"
    only = required[0]
    if only.annotation in ("", "str") and _USER.match(only.name):
        return "{user_id}", (), ""
    found = find_class(code, only.annotation.rpartition(".")[2], module) if only.annotation else None
    if found is not None:
        needed = [each for each in found[1].constructor if each.required]
        if len(needed) == 1 and _USER.match(needed[0].name) and needed[0].annotation in ("", "str"):
            home = module.imported.get(found[1].name, (module_name(module.path), ""))[0]
            value = f"{found[1].name}({needed[0].name}={{user_id}})"
            return value, (f"from {home} import {found[1].name}",), ""
        return "", (), f"making its {found[1].name} needs {', '.join(each.name for each in needed)}"
    if _CLAIMS.match(only.name) and only.annotation.partition("[")[0] in ("", "dict", "Dict", "Mapping"):
        return '{"sub": {user_id}}', (), ""
    return "", (), f"takes {only.name}"


def _user_of(code: Code, module: Module, function: Function) -> tuple[str, str]:
    """Give what must be taken from the result to have the user's id, and what stands in the way."""
    if function.returns == "str":
        return "", ""
    if function.returns in ("dict", "Dict", "Mapping"):
        return '["sub"]', ""
    found = find_class(code, function.returns, module) if function.returns else None
    fields = found[1].constructor if found is not None else ()
    best = sorted(
        (each.name for each in fields if _USER.match(each.name)), key=lambda name: name != "user_id"
    )
    if best:
        return f".{best[0]}", ""
    return "", f"gives {function.returns or 'what is not said'}: whose it is cannot be seen"


def _call(module: Module, cls: Class | None, function: Function, value: str, part: str = "") -> Candidate:
    """Give the candidate for a function, or for a method of an object that can be had."""
    name, access, waits, missing = function.name, function.name, False, ""
    if cls is not None:
        name, holder, waits, missing = (
            (cls.name, cls.name, False, "") if function.on_class else instance_of(module, cls)
        )
        access = f"{f'(await {holder})' if waits else holder}.{function.name}"
    call = f"{access}({value})"
    created = f"(await {call}){part}" if function.awaited and part else f"{call}{part}"
    said = f"{cls.name}." if cls is not None else ""
    what = f"{said}{function.name}({_signature(function.required)}) gives {function.returns or '?'}"
    awaited = function.awaited and not part
    return Candidate(module, function.line, name, created, awaited, "", 0, what, missing)


def _callables(code: Code) -> Iterator[tuple[Module, Class | None, Function]]:
    for module in _importable(code):
        for function in module.functions:
            if not function.name.startswith("_"):
                yield module, None, function
        for cls in module.classes:
            if not cls.abstract and not cls.name.startswith(("Mock", "Fake", "Test")):
                yield from ((module, cls, method) for method in cls.methods if method.name[:1] != "_")


def _importable(code: Code) -> Iterator[Module]:
    return (module for module in code.modules if module_name(module.path))


def _signature(parameters: tuple[Parameter, ...]) -> str:
    return ", ".join(
        f"{each.name}: {each.annotation}" if each.annotation else each.name for each in parameters
    )
