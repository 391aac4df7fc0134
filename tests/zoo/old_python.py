"""Runs a one-user test as many users on a Python that the explorer does not know (3.6 or later): one run for
each line of JSON that comes in, told by one that goes out. `scripts/zoo_old_python.py` chooses the runs.

A line in names the handler to cancel, after which of its steps, and whether as soon as it waits or when it is
about to go on. Time is virtual; sockets are real ones on loopback. Nothing private of asyncio is used.
"""

import asyncio
import collections.abc
import hashlib
import importlib
import inspect
import json
import sys
import traceback
import types

START = 1000.0  # s
MOST = 20000  # steps of one run


class Stuck(Exception):
    """Nothing can happen any more."""


class VirtualSelector:
    """Lets time pass at once when nothing real can happen."""

    def __init__(self, real, loop):
        self.real, self.loop = real, loop

    def select(self, timeout=None):
        events = self.real.select(0) or self.real.select(0.001 if timeout is None or timeout > 0 else 0)
        if not events:
            if timeout is None:
                raise Stuck()
            self.loop.now += timeout
        return events

    def __getattr__(self, name):
        return getattr(self.real, name)


class VirtualLoop(asyncio.SelectorEventLoop):
    """The standard library's selector loop, on a clock of its own."""

    def __init__(self):
        import selectors

        self.now = START
        super().__init__(VirtualSelector(selectors.DefaultSelector(), self))

    def time(self):
        return self.now


class Stepped(collections.abc.Coroutine):
    """A handler's coroutine that counts its steps and is cancelled after the one that was chosen."""

    def __init__(self, name, coroutine, cancel, trace):
        self.name, self.coroutine, self.cancel, self.trace = name, coroutine, cancel, trace
        self.steps, self.struck, self.task = 0, False, None

    def send(self, value):
        if self._due(late=True):
            return self.throw(asyncio.CancelledError())
        return self._step(lambda: self.coroutine.send(value))

    def throw(self, kind, value=None, trace=None):
        return self._step(lambda: self.coroutine.throw(kind, value, trace))

    def _step(self, make):
        self.steps += 1
        self.trace.append(self.name)
        if len(self.trace) > MOST:
            raise RuntimeError("a run did not end within {} steps".format(MOST))
        waited = make()
        if self._due(late=False):
            self.task.cancel()  # carried out by the task as soon as it has taken what it waits for
        return waited

    def _due(self, late):
        if self.struck or self.cancel != [self.name, self.steps, late] or self.steps == 0:
            return False
        self.struck = True
        return True

    def close(self):
        self.coroutine.close()

    def __await__(self):
        return self


class User:
    """What a test sees as `user_context`."""

    def __init__(self, name):
        self.user_id = "user-" + hashlib.sha256(name.encode()).hexdigest()[:16]


async def run(module, users, cancel):
    """Make one run and give what came of it."""
    test = next(value for name, value in vars(module).items() if name.startswith("test_"))
    names = [name for name in inspect.signature(test).parameters if name != "user_context"]
    fixtures = [getattr(module, name)() for name in names]
    values = [await fixture.__anext__() for fixture in fixtures]
    people = {"u{}".format(number): None for number in range(1, users + 1)}
    trace, handlers = [], {}
    for name in people:
        people[name] = User(name)
        given = dict(zip(names, values), user_context=people[name])
        handler = handlers[name] = Stepped(name, test(**given), cancel, trace)
        handler.task = asyncio.get_event_loop().create_task(handler)
    try:
        await asyncio.wait([handler.task for handler in handlers.values()])
        told = {name: _ended(handler, people) for name, handler in handlers.items()}
    finally:
        for fixture in reversed(fixtures):
            try:
                await fixture.__anext__()
            except StopAsyncIteration:
                pass
    return {"handlers": told, "trace": hashlib.sha256(" ".join(trace).encode()).hexdigest()[:16]}


def _ended(handler, people):
    """Tell what became of a handler: its error, and whose values stood where it failed."""
    task = handler.task
    if task.cancelled():
        error = asyncio.CancelledError()
    else:
        error = task.exception()
    seen = set()
    for frame, _ in traceback.walk_tb(error.__traceback__ if error else None):
        text = " ".join(map(_shown, frame.f_locals.values()))
        seen |= {name for name, user in people.items() if user.user_id in text and name != handler.name}
    return {
        "steps": handler.steps,
        "struck": handler.struck,
        "error": None if error is None else "{}: {}".format(type(error).__name__, error),
        "seen": sorted(seen) if isinstance(error, AssertionError) else [],
    }


def _shown(value):
    """Give a local's text, also that of a result that a cursor holds."""
    held = vars(value).get("_rows") if hasattr(value, "__dict__") else None
    return "{!r} {!r}".format(value, held)


def main():
    """Serve runs until the input ends."""
    stub = types.ModuleType("pytest")
    stub.fixture = lambda function: function
    sys.modules["pytest"] = stub  # a one-user test needs no more of it than this
    module, users = importlib.import_module("one_user"), int(sys.argv[1])
    for line in sys.stdin:
        loop = VirtualLoop()
        loop.set_exception_handler(lambda *_: None)
        asyncio.set_event_loop(loop)
        try:
            told = loop.run_until_complete(run(module, users, json.loads(line)))
        except Stuck:
            told = {"stuck": True}
        print(json.dumps(told), flush=True)
        asyncio.set_event_loop(None)


main()
