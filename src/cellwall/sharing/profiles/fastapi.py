"""FastAPI and Starlette: the application is for all, its `state` too; a request and a socket are not."""

from __future__ import annotations

from typing import Final

from cellwall.sharing.profile import Profile, always

PROFILE: Final = Profile(
    "starlette",
    made_for_all={
        "starlette.applications.Starlette": "the application; what it keeps is watched by its answers",
        "starlette.routing.Router": "routes",
        "starlette.routing.BaseRoute": "a route",
        "starlette.middleware.Middleware": "describes a middleware",
        "starlette.middleware.base.BaseHTTPMiddleware": "part of the application",
        "fastapi.dependencies.models.Dependant": "describes a dependency",
        "fastapi.params.Depends": "describes a dependency",
    },
    per_user={
        "starlette.requests.HTTPConnection": always("a request: headers, session and state are one user's"),
        "starlette.requests.Request": always("a request: headers, session and state are one user's"),
        "starlette.websockets.WebSocket": always("a connection of one user's"),
        "starlette.responses.Response": always("a response to one user"),
        "starlette.background.BackgroundTasks": always("work of one request"),
        "starlette.datastructures.UploadFile": always("a file of one user's"),
    },
)
