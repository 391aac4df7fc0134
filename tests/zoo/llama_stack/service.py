"""A service that streams: who asks is bound while the stream is made, and its wrapper keeps it for each part."""

import importlib.util
import os
import sys
import types
from contextvars import ContextVar
from pathlib import Path

TRACING = "llama_stack.providers.utils.telemetry.tracing"
for end in range(len(TRACING) + 1):
    if end == len(TRACING) or TRACING[end] == ".":
        sys.modules.setdefault(TRACING[:end], types.ModuleType(TRACING[:end]))
sys.modules[TRACING].CURRENT_TRACE_CONTEXT = ContextVar("trace", default=None)  # telemetry is not installed

_path = Path(os.environ["ZOO_PACKAGES"], "llama_stack/core/utils/context.py")
_spec = importlib.util.spec_from_file_location("llama_stack_context", _path)
context = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(context)

USER = ContextVar("provider_data", default=None)


async def _parts():
    for number in range(3):
        yield number, USER.get()


async def answer(user):
    token = USER.set(user)
    stream = context.preserve_contexts_async_generator(_parts(), [USER])
    USER.reset(token)
    return [part async for part in stream]
