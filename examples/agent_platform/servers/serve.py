"""One server in a process of its own: `python -m servers.serve backend 8102`.

It ends on SIGTERM or SIGINT, and when its standard input closes: so it never outlives its launcher.
"""

import sys
import threading

import uvicorn

HOST = "127.0.0.1"


def main(name: str, port: int) -> None:
    """Serve `create` of servers/NAME.py, or a factory that is named whole, until told to stop."""
    config = uvicorn.Config(
        name if ":" in name else f"servers.{name}:create",
        factory=True,
        host=HOST,
        port=port,
        log_level="warning",
        access_log=False,  # URLs of WebSockets may hold tokens
        timeout_keep_alive=60,
        timeout_graceful_shutdown=3,
    )
    server = uvicorn.Server(config)

    def end_with_launcher() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=end_with_launcher, daemon=True).start()
    server.run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
