"""requests: what requests carry out of the process, and what responses bring to whoever asked."""

from __future__ import annotations

import sys
from typing import Any, Final, final

from cellwall.canary.outgoing import saw_request, saw_response
from cellwall.canary.patching import wrap
from cellwall.canary.sink import Uninstall
from cellwall.canary.viewer import current_viewer
from cellwall.canary.watch import Watch

_NAME: Final = "requests"


@final
class RequestsSink:
    """Sees prepared requests with their cookies, and responses unless they are streamed."""

    name = _NAME
    library = "requests"

    def install(self, watch: Watch) -> Uninstall:
        """Begin with every session."""

        def make(original: Any) -> Any:
            def send(self: Any, request: Any, **options: Any) -> Any:
                if current_viewer() is None:
                    return original(self, request, **options)
                place = f"{request.method} {request.url}"
                saw_request(watch, _NAME, place, request.headers.items(), request.body)
                response = original(self, request, **options)
                saw_response(watch, _NAME, f"{place} headers", list(response.headers.items()))
                if options.get("stream"):
                    watch.cannot_see(f"requests: the response to {place} is streamed")
                else:
                    saw_response(watch, _NAME, f"{place} body", response.content)
                return response

            return send

        return wrap(sys.modules["requests"].Session, "send", make)
