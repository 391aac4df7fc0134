"""Finds candidates for each role among an application's definitions, by names and signatures. No files.

One function a role; each yields what could fill it, with how well the name fits (0 fits best).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from cellwall.project.application_code import Code, module_name
from cellwall.project.definitions import Class, Function, Module, Parameter
from cellwall.project.roles import Role

CONTEXT_PARAMETER: Final = re.compile(r"(user_|request_|execution_)*(context|ctx)")
_CONTEXT_MAKERS: Final = ("create_for_user", "for_user", "from_request", "from_user", "create", "new")
_CONTEXT_NAME: Final = re.compile(r"(User|Request|Execution)\w*Context$")
_AGENT_MAKER: Final = re.compile(r"(create|make|build)_agent(_instance)?$")
_TOOL_MAKER: Final = re.compile(r"(create|make|build)_tool(_instance)?$")
_DISPATCHER_MAKER: Final = re.compile(r"(create|make|build|get)_(for_user|\w*dispatcher|request_scoped)$")
_POOL_NAME: Final = re.compile(r"(WebSocket|Websocket|WS)\w*Pool$")
_SESSION_NAME: Final = re.compile(r"(create|get|open|new)?_?\w*session(_scope)?$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could fill a role.

    Attributes:
        module, line: where it is defined.
        name: what must be imported.
        create: the template, empty where the call cannot be written down.
        made: name of the class of the made object, empty when unknown.
        fit: how well the name fits, 0 best.
        what: in words, for the evidence.
        obstacle: why it cannot be used, empty when it can.
        also: further import statements that the template needs.
    """

    module: Module
    line: int
    name: str
    create: str
    awaited: bool
    made: str
    fit: int
    what: str
    obstacle: str = ""
    also: tuple[str, ...] = ()

    def unless(self, obstacle: str) -> "Candidate":
        """Give the candidate with an obstacle that stands before what it has, if there is one."""
        return replace(self, obstacle=obstacle) if obstacle else self


def reexports(code: Code, role: Role) -> Iterator[Candidate]:
    """Modules through which the application's code takes the runtime's own name for a role."""
    name = role.imports[0].rpartition(" ")[2]
    for module in code.modules:
        package = module.path.rpartition("/")[0].replace("/", ".")
        users = code.imports[module_name(module.path), name] + code.imports[package, name]
        handed_on = users or name in module.exported
        if module.imported.get(name) == ("cellwall", name) and handed_on:
            what = f"{name} of cellwall, handed on by this module"
            yield Candidate(module, 1, name, role.create, role.awaited, "", 0, what)


def contexts(code: Code) -> Iterator[Candidate]:
    """Classes named like a user's or request's context that are made for a user id."""
    for module, cls in _classes(code):
        if not _CONTEXT_NAME.search(cls.name) or cls.abstract:
            continue
        fit = 0 if cls.name == "UserExecutionContext" else 1 if cls.name.startswith("User") else 2
        makers = {method.name: method for method in cls.methods if method.on_class}
        name = next((name for name in _CONTEXT_MAKERS if _takes_user(makers.get(name))), "")
        if name:
            maker = makers[name]
            arguments, obstacle = _user_arguments(maker.required)
            call = f"{cls.name}.{name}({arguments})"
            what = f"class {cls.name} with {name}({_names(maker.required)})"
            yield Candidate(module, maker.line, cls.name, call, maker.awaited, cls.name, fit, what, obstacle)
        elif any(parameter.name == "user_id" for parameter in cls.constructor):
            required = tuple(parameter for parameter in cls.constructor if parameter.required)
            arguments, obstacle = _user_arguments(required)
            call, what = (
                f"{cls.name}({arguments})",
                f"class {cls.name} made with {_names(required) or 'user_id'}",
            )
            yield Candidate(module, cls.line, cls.name, call, False, cls.name, fit + 1, what, obstacle)


def agent_factories(code: Code) -> Iterator[Candidate]:
    """Methods of factories that make an agent from a name and a context."""
    return _makers(code, _AGENT_MAKER, "Agent", ("{name}", "{context}"))


def tool_factories(code: Code) -> Iterator[Candidate]:
    """Methods of factories that make a tool from a name and a context."""
    return _makers(code, _TOOL_MAKER, "Tool", ("{name}", "{context}"))


def dispatchers(code: Code) -> Iterator[Candidate]:
    """Functions and methods that make a tool dispatcher for a context."""
    yield from _makers(code, _DISPATCHER_MAKER, "Dispatcher", ("{context}",))
    for module in code.modules:
        for function in module.functions:
            if _DISPATCHER_MAKER.match(function.name) and "dispatcher" in function.name:
                arguments, obstacle = _arguments(function.required, ("{context}",))
                yield _of_function(module, function, f"{function.name}({arguments})", 1, obstacle)


def pools(code: Code) -> Iterator[Candidate]:
    """Classes named as a pool of WebSocket connections."""
    for module, cls in _classes(code):
        if _POOL_NAME.search(cls.name) and not cls.abstract:
            name, access, awaited, obstacle = instance_of(module, cls)
            fit = 0 if cls.name == "WebSocketConnectionPool" else 1
            yield Candidate(
                module, cls.line, name, access, awaited, cls.name, fit, f"class {cls.name}", obstacle
            )


def sessions(code: Code) -> Iterator[Candidate]:
    """Functions that open a database session as an async context manager."""
    for module in code.modules:
        for function in module.functions:
            if not (_SESSION_NAME.match(function.name) and function.is_async and function.generator):
                continue
            arguments, obstacle = _arguments(function.required, ("{context}",))
            if not function.context_manager:
                obstacle = "is an async generator, not a context manager"
            fit = 0 if "request" in function.name else 1 if "db" in function.name else 2
            yield _of_function(module, function, f"{function.name}({arguments})", fit, obstacle)


def _makers(code: Code, pattern: re.Pattern[str], kind: str, wanted: tuple[str, ...]) -> Iterator[Candidate]:
    for module, cls in _classes(code):
        if kind not in cls.name or cls.abstract:
            continue
        for method in cls.methods:
            if not pattern.match(method.name):
                continue
            arguments, obstacle = _arguments(method.required, wanted)
            if method.on_class:
                name, access, waits = cls.name, cls.name, False
            else:
                name, access, waits, missing = instance_of(module, cls)
                obstacle = obstacle or missing
            access = f"(await {access})" if waits else access
            yield Candidate(
                module,
                method.line,
                name,
                f"{access}.{method.name}({arguments})",
                method.awaited,
                method.returns,
                0 if "Factory" in cls.name else 1,
                f"{'async ' if method.is_async else ''}{cls.name}.{method.name}({_names(method.required)})",
                obstacle,
            )


def instance_of(module: Module, cls: Class) -> tuple[str, str, bool, str]:
    """Give how to come by an instance: (name to import, expression, awaited, obstacle)."""
    for name, (made, _) in module.instances.items():
        if made == cls.name and not name.startswith("_"):
            return name, name, False, ""
    for function in module.functions:
        if function.returns == cls.name and not function.required and not function.generator:
            return function.name, f"{function.name}()", function.awaited, ""
    missing = [parameter.name for parameter in cls.constructor if parameter.required]
    obstacle = f"making a {cls.name} needs {', '.join(missing)}" if missing else ""
    return cls.name, f"{cls.name}()", False, obstacle


def _arguments(required: tuple[Parameter, ...], wanted: tuple[str, ...]) -> tuple[str, str]:
    """Fill the required parameters with the placeholders that fit; else say which one cannot be filled."""
    given: list[str] = []
    left = list(wanted)
    for index, parameter in enumerate(required):
        value = ""
        if CONTEXT_PARAMETER.fullmatch(parameter.name) or parameter.annotation.endswith("Context"):
            value = "{context}"
        elif "{name}" in left and (parameter.name == "name" or parameter.name.endswith("_name")):
            value = "{name}"
        elif parameter.name == "user_id":
            value = "{context}.user_id"
        if not value:
            return "", f"needs {parameter.name}"
        left = [each for each in left if each != value]
        given.append(value if index < 2 else f"{parameter.name}={value}")
    if "{name}" in left:
        return "", "takes no name"
    if "{context}" in left and "{context}.user_id" not in given:
        return ", ".join(given), "" if wanted == ("{context}",) and not required else "takes no context"
    return ", ".join(given), ""


def _user_arguments(required: tuple[Parameter, ...]) -> tuple[str, str]:
    given: list[str] = []
    for parameter in required:
        if parameter.name == "user_id":
            given.append("{user_id}" if not given else "user_id={user_id}")
        elif parameter.annotation in ("", "str") and parameter.name.endswith("_id"):
            given.append(f'{parameter.name}="{parameter.name.removesuffix("_id")}-" + {{user_id}}')
        else:
            return "", f"needs {parameter.name}"
    return ", ".join(given) or "user_id={user_id}", ""


def _of_function(module: Module, function: Function, create: str, fit: int, obstacle: str) -> Candidate:
    words = ("async " if function.is_async else "") + f"{function.name}({_names(function.required)})"
    made = "" if function.generator else function.returns
    return Candidate(
        module, function.line, function.name, create, function.awaited, made, fit, words, obstacle
    )


def _classes(code: Code) -> Iterator[tuple[Module, Class]]:
    return ((module, cls) for module in code.modules if module_name(module.path) for cls in module.classes)


def _takes_user(maker: Function | None) -> bool:
    return maker is not None and any(parameter.name == "user_id" for parameter in maker.parameters)


def _names(parameters: tuple[Parameter, ...]) -> str:
    return ", ".join(parameter.name for parameter in parameters)
