"""Reading requests under the limits of R17.01, in the event loop."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

HEADERS = 16 * 1024
ADDRESS = 8 * 1024
IN_MEMORY = 1024 * 1024
"""Bytes of a body kept in memory; a longer one waits in a temporary file."""
SILENCE = 30.0
"""Seconds a client may send nothing."""
GRACE = 10.0
SLOWEST = 500
"""Bytes a second a client must send on average once `GRACE` seconds have passed."""


class TooSlow(Exception):
    """The client takes too long to send its request."""


class Gone(Exception):
    """The client left before its request was whole."""


class Oversize(Exception):
    """The body is longer than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(limit)


def head_status(scope: Message) -> int | None:
    """The status that refuses a request by its address and headers alone; None when they are fine."""
    if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > ADDRESS:
        return 414
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    if sum(len(name) + len(value) + 4 for name, value in headers) > HEADERS:
        return 431
    return None


def announced(scope: Message) -> int | None:
    """The length of the body as the client says it; None when it doesn't."""
    for name, value in scope["headers"]:
        if name.lower() == b"content-length":
            return int(value) if value.isdigit() else None
    return None


async def read_body(scope: Message, receive: Receive, limit: int) -> tuple[IO[bytes], int]:
    """The body, ready to be read from its start, and its length in bytes.

    Raises `Oversize` (before reading, when the client says how long it is), `TooSlow` and `Gone`.
    """
    if (announced(scope) or 0) > limit:
        raise Oversize(limit)
    body: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with the request
    try:
        length = await _fill(body, receive, limit)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body, length


async def _fill(body: IO[bytes], receive: Receive, limit: int) -> int:
    loop = asyncio.get_running_loop()
    began, length = loop.time(), 0
    while True:
        message = await _next(receive)
        chunk: bytes = message.get("body", b"")
        length += len(chunk)
        if length > limit:
            raise Oversize(limit)
        body.write(chunk)
        if not message.get("more_body", False):
            return length
        taken = loop.time() - began
        if taken > GRACE and length / taken < SLOWEST:
            raise TooSlow()


async def _next(receive: Receive) -> Message:
    try:
        message = await asyncio.wait_for(receive(), SILENCE)
    except TimeoutError:
        raise TooSlow() from None
    if message["type"] == "http.disconnect":
        raise Gone()
    return message
