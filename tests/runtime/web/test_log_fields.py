"""Log records say whose request it was, and never by which token."""

import io
import json
import logging
from typing import Any

import structlog

from cellwall import TokenIssuer, UserExecutionContext, activate, cleanup_user_context
from cellwall.runtime.limits import MemoryRateLimiter, Rate
from cellwall.runtime.web import CellwallMiddleware, ContextLogFilter, add_context_fields

Fake = Any


def logger_to(stream: io.StringIO) -> logging.Logger:
    handler = logging.StreamHandler(stream)
    handler.addFilter(ContextLogFilter())
    handler.setFormatter(logging.Formatter("%(user_id)s %(request_id)s %(message)s"))
    logger = logging.Logger("app")
    logger.addHandler(handler)
    return logger


async def test_fields_of_the_standard_library() -> None:
    stream = io.StringIO()
    logger = logger_to(stream)
    context = UserExecutionContext.create_for_user("ada", request_id="r-1")
    logger.info("before")
    with activate(context):
        logger.info("inside")
        logger.info("says it is another", extra={"user_id": "mallory"})
        await cleanup_user_context(context)
        logger.info("after its end")
    logger.info("outside")
    assert stream.getvalue().splitlines() == [
        "- - before",
        "ada r-1 inside",
        "ada r-1 says it is another",
        "ada r-1 after its end",
        "- - outside",
    ]


def test_fields_of_structlog() -> None:
    stream = io.StringIO()
    logger = structlog.wrap_logger(
        structlog.PrintLogger(stream), processors=[add_context_fields, structlog.processors.JSONRenderer()]
    )
    logger.info("outside")
    with activate(UserExecutionContext.create_for_user("ada", request_id="r-1")):
        logger.info("inside", user_id="mallory", note=7)
    outside, inside = map(json.loads, stream.getvalue().splitlines())
    assert outside == {"event": "outside"}
    assert inside == {"event": "inside", "user_id": "ada", "request_id": "r-1", "note": 7}


async def test_no_log_holds_a_token(issuer: TokenIssuer, client: Fake, caplog: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        logging.getLogger("app").info("working")
        raise ZeroDivisionError

    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(ContextLogFilter())
    handler.setFormatter(logging.Formatter("%(user_id)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    token = issuer.generate_token("ada")
    try:
        with caplog.at_level(logging.DEBUG):
            wall = CellwallMiddleware(app, tokens=issuer, limiter=MemoryRateLimiter(Rate(1, seconds=60)))
            for given in (token, token, token[:-1]):
                try:
                    await client.ask(wall, client.http(given))
                except ZeroDivisionError:
                    logging.getLogger("app").exception("failed")
    finally:
        root.removeHandler(handler)
    assert "ada working" in stream.getvalue()
    assert token[:-1] not in stream.getvalue() and token.split(".")[1] not in stream.getvalue()
