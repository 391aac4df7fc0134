"""Starts the platform, says where it is, and ends it on Ctrl-C."""

import argparse
import os
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from servers.launch import SERVICES, RunningPlatform, ServerDidNotStart, real_services

WHAT = {"web": "the page", "backend": "agents, notes, WebSocket", "auth": "accounts", "analytics": "figures"}


def main() -> int:
    """Run until Ctrl-C or SIGTERM; 0 when all servers ended as they were told to."""
    parser = argparse.ArgumentParser(prog="python -m servers", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="the first of four ports; free ones without it")
    parser.add_argument("--data", type=Path, help="keep files in this folder; without it they go at the end")
    parser.add_argument("--real-services", action="store_true", help="over PostgreSQL and Redis, started here")
    parser.add_argument("--leaks", default=os.environ.get("PLATFORM_LEAKS", ""), help="planted leaks, or all")
    given = parser.parse_args()
    ports = {name: given.port + number for number, name in enumerate(SERVICES)} if given.port else {}
    for each in (signal.SIGINT, signal.SIGTERM):  # also where a shell in the background left SIGINT ignored
        signal.signal(each, interrupt)
    with ExitStack() as stack:
        try:
            variables = stack.enter_context(real_services()) if given.real_services else {}
            variables |= {"PLATFORM_LEAKS": given.leaks}
            platform = stack.enter_context(RunningPlatform(given.data, ports, variables))
            show(platform, given.leaks)
            while not (ended := platform.ended()):
                time.sleep(0.5)
        except KeyboardInterrupt:
            print("\nEnding.", flush=True)
            return 0
        except ServerDidNotStart as error:
            print(error, file=sys.stderr)
            return 2
        print(f"{', '.join(ended)} ended by itself.", file=sys.stderr)
        return 1


def interrupt(number: int, frame: object) -> None:
    """End as Ctrl-C does."""
    raise KeyboardInterrupt


def show(platform: RunningPlatform, leaks: str) -> None:
    """Say where everything is."""
    for name, what in WHAT.items():
        print(f"{name:>10}  {platform.url(name)}  {what}")
    if leaks:
        print(f"  It leaks on purpose: {leaks}")
    print(f"\nOpen {platform.url('web')} in two windows and sign in as two users. Ctrl-C ends it.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
