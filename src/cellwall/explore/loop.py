"""The event loop that makes one step at a time, in an order that a strategy chooses, on a clock of its own.

What is due stands in one list in the order in which it became due; a strategy picks from it, and only what
belongs to different lanes changes places: a task's steps, the bytes of one direction of a connection and the
loop's own callbacks keep their order. Nothing private to asyncio is used here; see asyncio_private.py.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context
from types import BuiltinMethodType
from typing import Any, Final, final

from cellwall.explore.alarm import is_alarm
from cellwall.explore.asyncio_private import run_handle, step_kind, woken_task
from cellwall.explore.connected_loop import ConnectedLoop
from cellwall.explore.errors import LivelockError
from cellwall.explore.inline.jobs import runs_inline, start_job
from cellwall.explore.lane import Entry, Lane, Queued, first_of_lane
from cellwall.explore.network.memory_network import MemoryNetwork
from cellwall.explore.outside import Outside, thread_words
from cellwall.explore.schedule import CLOCK, Cancellation
from cellwall.explore.stuck import stuck
from cellwall.explore.timers import Timers
from cellwall.explore.virtual_selector import VirtualSelector

START: Final = 1000.0  # the clock's time (s) when a run begins
MOST_STEPS: Final = 200_000  # of one run
_LOOK_OUTSIDE: Final = 16  # steps between two looks at real sockets

Recorder = Callable[[str, int, str], object]
Observer = Callable[[Lane], object]
Choose = Callable[[list[Entry], bool], int]


class ExplorerLoop(ConnectedLoop):
    """A deterministic event loop; outside of a run it is the standard library's, first come, first served."""

    engaged: bool
    network: MemoryNetwork
    base: Lane
    current: Lane

    def __init__(self) -> None:
        self.now: float = START
        self.sources: Outside = Outside()
        super().__init__()
        self.max_stall: float = 0.0  # s that what is due may wait while the clock is let pass
        self.amplified = False  # rewritten awaits pause
        self.owner_thread: int = threading.get_ident()
        self.thread_context: Context = Context()
        self.inlined: dict[str, None] = {}  # whose threads' jobs were run in this thread
        self._outer_timers: list[asyncio.TimerHandle] = []
        self.choose: Choose | None = None
        self.free_steps: int = MOST_STEPS  # after so many the strategy is not asked any more
        self.record: Recorder | None = None
        self.observe: Observer | None = None
        self.cancellations: dict[str, list[Cancellation]] = {}
        self.struck: list[tuple[Cancellation, bool]] = []
        self.choices: int = 0
        self.trace: list[str] = []
        self.lanes: dict[object, Lane] = {}
        self.current = self.base = Lane("loop")
        self._runnable: list[Entry] = []
        self._timers = Timers()
        self._from_threads: deque[asyncio.Handle] = deque()
        self._halted = False
        self._careful = False  # something has to be looked after between steps
        self._alert = False  # it has, or the loop is asked to stop
        self._observed = 0
        self._step_kind = step_kind()
        self.replace_selector(lambda selector: VirtualSelector(selector, self))

    # One run.

    def engage(self) -> None:
        """Begin a run: take over what is due, with every lane and count anew."""
        self.trace, self.lanes, self.struck = [], {}, []
        self.cancellations, self.choices = {}, 0
        self.choose = self.record = self.observe = None
        self.free_steps = MOST_STEPS
        self.current = self.base = Lane("loop")
        self.network = MemoryNetwork(self)
        self.sources.reset()
        self.owner_thread = threading.get_ident()
        self.thread_context, self.inlined = Context(), {}
        self.engaged = True
        self._outer_timers = self.take_timers()
        if not self._outer_timers:
            self.now = START
        for timer in self._outer_timers:
            self._timers.push(timer)
        for handle in self.take_queue():
            self.enqueue(handle)
        self._careful = self.has_real_sources()

    def disengage(self) -> None:
        """End a run: give back what was there before it, drop what it left."""
        self.engaged = False
        self._runnable.clear()
        self.lanes = {}
        self.choose = self.record = self.observe = None
        outer, self._outer_timers = self._outer_timers, []
        left = {id(timer) for timer in self._timers.clear()}
        for timer in outer:
            if id(timer) in left:
                self.put_timer(timer)
        self.network.drop()
        del self.network
        self.current = self.base = Lane("loop")

    def watch_steps(self, observer: Observer | None) -> None:
        """Have the observer called after each step, with the lane that made it."""
        self.observe = observer
        self._observed = len(self.trace)
        self._careful = self._alert = True

    # The clock.

    def time(self) -> float:
        """Give the time (s) of the loop's clock, which passes when nothing else can happen."""
        return self.now

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call at that time of the loop's clock; equal times keep their order."""
        if when is None:
            raise TypeError("when cannot be None")
        if not self.engaged:
            return self.plain_call_at(when, callback, args, context)
        timer = self.new_timer(when, callback, args, context)
        self._timers.push(timer)
        return timer

    def _advance(self, when: float) -> None:
        """Let time pass, and make due what is due then."""
        self.now = max(self.now, when)
        for timer in self._timers.take_due(self.now):
            self.enqueue(timer)

    # What becomes due.

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Call as soon as the schedule allows; a task's step goes into the task's lane."""
        if not self.engaged:
            return super().call_soon(callback, *args, context=context)
        kind = type(callback)
        if kind is self._step_kind or (kind is BuiltinMethodType and callback.__name__ == "task_wakeup"):
            task = callback.__self__  # type: ignore[attr-defined]
        else:
            task = woken_task(callback)
            if task is None:
                handle = self.new_handle(callback, args, context)
                self._runnable.append(Queued(self.base, handle, self.now))
                return handle
        lane = self.lanes.get(task)
        if lane is None:
            lane = self._new_lane(task)
        lane.callback = callback
        lane.args = args
        lane.context = context  # type: ignore[assignment]
        lane.since = self.now
        self._runnable.append(lane)
        return None  # type: ignore[return-value]  # neither tasks nor futures look at it

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Call as soon as the schedule allows, from any thread; a call from another one is not controlled."""
        if not self.engaged:
            return super().call_soon_threadsafe(callback, *args, context=context)
        handle = self.new_handle(callback, args, context)
        if threading.get_ident() == self.owner_thread:
            self.enqueue(handle)
        else:
            self.outside(thread_words(threading.current_thread()))
            self._from_threads.append(handle)
        self.wake()
        return handle

    def enqueue(self, handle: asyncio.Handle) -> None:
        """Make a callback due among the loop's own."""
        self._runnable.append(Queued(self.base, handle, self.now))

    def soon_in(self, lane: Lane, callback: Callable[..., object], *args: object) -> None:
        """Make a callback due in a lane of its own order."""
        self._runnable.append(Queued(lane, self.new_handle(callback, args, None), self.now))

    def child_lane(self, kind: str) -> Lane:
        """Give a new lane, named after what runs now and how many it made."""
        maker = self.current
        maker.children += 1
        return Lane(f"{maker.name}/{kind}{maker.children}")

    def create_task(self, coro: Any, **options: Any) -> Any:
        """Give a new task."""
        if self.engaged and self.get_task_factory() is None and not self.get_debug():
            return asyncio.Task(coro, loop=self, **options)
        return super().create_task(coro, **options)

    def _new_lane(self, task: Any) -> Lane:
        """Give a task that is seen for the first time its lane."""
        lane = self.child_lane("")
        lane.task = task
        self.lanes[task] = lane
        return lane

    # Steps.

    def stop(self) -> None:
        """Stop before the next step."""
        super().stop()
        self._halted = self._alert = True

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Take what a callback raised; an alarm that struck in one (no `Exception`) ends the run."""
        error = context.get("exception")
        if self.engaged and "handle" in context and is_alarm(error):
            raise error
        super().call_exception_handler(context)

    def turn(self) -> None:
        """Run steps until the loop is asked to stop."""
        self._halted, self._alert = False, self._careful
        while not self._halted:
            self._steps(max(1, self.free_steps - len(self.trace)))
            if len(self.trace) >= self.free_steps:
                self._tire()
        self.current = self.base

    def _steps(self, most: int) -> None:  # noqa: PLR0912  # one loop, kept together for its speed
        """Run at most so many steps."""
        runnable, trace, timers = self._runnable, self.trace, self._timers.heap
        for _ in range(most):
            if self._alert and not self._attend():
                return
            if not runnable:
                self._wait()
                continue
            choose = self.choose
            if choose is None or not (timers or len(runnable) > 1):
                entry = runnable.pop(0)
            else:
                index = choose(runnable, bool(timers) and self._may_stall())
                self.choices += 1
                if index <= 0:
                    if index < 0:
                        self._stall()
                        continue
                else:
                    if type(runnable[index]) is Queued:
                        index = first_of_lane(runnable, index)
                    if self.record is not None and index:
                        first = runnable[0].lane
                        self.record(first.name, first.step + 1, runnable[index].lane.name)
                entry = runnable.pop(index)
            if type(entry) is Queued:
                self._run_queued(entry)
            elif entry.marked:
                self._run_marked(entry)
            else:
                trace.append(entry.name)
                self.current = entry
                entry.step += 1
                entry.context.run(entry.callback, *entry.args)

    def _run_queued(self, entry: Queued) -> None:
        """Run a callback that is not a task's step, unless it was cancelled."""
        if not entry.handle.cancelled():
            lane = entry.lane
            self.trace.append(lane.name)
            self.current = lane
            lane.step += 1
            run_handle(entry.handle)

    def _run_marked(self, lane: Lane) -> None:
        """Run a step of a handler that is to be cancelled before or after one of them."""
        self.trace.append(lane.name)
        self.current = lane
        self._strike(lane, late=True)
        lane.step += 1
        lane.context.run(lane.callback, *lane.args)
        self._strike(lane, late=False)

    def _strike(self, lane: Lane, *, late: bool) -> None:
        """Cancel the handler where the schedule says so."""
        task = lane.task
        for cancellation in self.cancellations.get(lane.name, ()):
            if cancellation.step == lane.step and cancellation.late is late and task and not task.done():
                due = late or lane in self._runnable
                if task.cancel():
                    self.struck.append((cancellation, due))

    def _tire(self) -> None:
        """Ask the strategy no more; give up a run that does not end even then."""
        if self.choose is not None:
            self.choose = None
        self.free_steps = MOST_STEPS
        if len(self.trace) >= MOST_STEPS:
            raise LivelockError(
                f"a run did not end within {MOST_STEPS} steps; the last were made by "
                f"{', '.join(sorted(set(self.trace[-50:])))}"
            )

    # Time and the world outside.

    def _may_stall(self) -> bool:
        """Tell whether time may pass although something is due."""
        when = self._timers.next_time()
        return when is not None and when - self._runnable[0].since <= self.max_stall

    def _stall(self) -> None:
        """Let time pass to the next timer although something is due."""
        if self.record is not None:
            lane = self._runnable[0].lane
            self.record(lane.name, lane.step + 1, CLOCK)
        self._advance(self._timers.next_time() or self.now)

    def _wait(self) -> None:
        """Nothing is due: let time pass, or wait for the world outside."""
        when = self._timers.next_time()
        if self.sources.expected(self):
            patient = self.sources.wait(self, when)
            self._take_from_threads()
            if when is not None and when <= self.now:
                self._advance(when)
            elif patient or self._runnable:
                return
        elif when is not None:
            self._advance(when)
            return
        if not self._runnable:
            raise stuck(self.lanes.values())

    def _attend(self) -> bool:
        """Look after an observer, threads and real sockets, where there are such; tell whether to go on."""
        if self.observe is not None and len(self.trace) > self._observed:
            self._observed = len(self.trace)
            self.observe(self.current)
        if self._halted:
            return False
        self._take_from_threads()
        if len(self.trace) % _LOOK_OUTSIDE == 0 and self.has_real_sources():
            self.poll(0)
        return True

    def _take_from_threads(self) -> None:
        while self._from_threads:
            self.enqueue(self._from_threads.popleft())

    def awaits_outside(self) -> bool:
        """Tell whether something outside of the loop may still call in, such as who runs it in a thread."""
        return self.sources.expected(self) or threading.current_thread() is not threading.main_thread()

    def outside(self, what: str) -> None:
        """Take note of a source of events that the explorer does not control."""
        self.sources.note(what)
        self._careful = self._alert = True

    # Worker threads.

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., object], *args: Any
    ) -> "asyncio.Future[Any]":
        """Run a worker thread's job as a step of its own, in this thread."""
        if self.engaged and runs_inline(executor):
            return start_job(self, func, *args)
        if self.engaged:
            self.outside(f"an executor of type {type(executor).__name__}")
        return super().run_in_executor(executor, func, *args)


@final
class FreshLoop(ExplorerLoop):
    """What `loop_factory` gives: closed by whoever asked for it."""


def loop_factory() -> asyncio.AbstractEventLoop:
    """Give a new loop, for pytest-asyncio's and anyio's loop factories; it runs first come, first served."""
    return FreshLoop()
