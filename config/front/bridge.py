"""Django's WSGI application behind the event loop: one hop into a thread and one back for each request.

A trivial request costs 0.4 ms of processor; with a2wsgi, which crosses over for every piece, it was 0.8.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from config.front.bodies import Gone, Message, Oversize, Receive, TooSlow, head_status, read_body
from opora.kit.errors import TooLarge

Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]
InThread = Callable[..., Awaitable[Any]]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

REFUSAL = "opora.refusal"
"""Where a request that the front refuses carries its refusal, so that Django draws it like any other (R1.01)."""


@dataclass
class Answer:
    """What the application answered; `pieces` follow `body` when the response is streamed."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    pieces: Iterator[bytes] | None
    close: Callable[[], None]


class Bridge:
    """An ASGI application that runs a WSGI one in `threads` threads.

    `limit_of` says how many bytes a body to a path may have; `an_address` is how many requests one network
    address may have open at once (0 behind a proxy, whose address they all share).
    """

    def __init__(self, wsgi: Wsgi, *, threads: int, limit_of: Callable[[str], int], an_address: int) -> None:
        self._wsgi = wsgi
        self._limit_of = limit_of
        self._an_address = an_address
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="opora-page")
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        address = (scope.get("client") or ("",))[0]
        status = head_status(scope)
        if self._an_address and self._open[address] >= self._an_address:
            status = 429
        if status:
            return await _plain(send, status)
        self._open[address] += 1
        try:
            await self._answer(scope, receive, send)
        except TooSlow:
            await _plain(send, 408)
        except Gone:
            return
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        environ = await self._environ(scope, receive)
        in_thread = self._threads_of(copy_context())
        try:
            answer: Answer = await in_thread(self._call, environ)
        finally:
            environ["wsgi.input"].close()
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        if answer.pieces is None or scope["method"] == "HEAD":
            body = b"" if scope["method"] == "HEAD" else answer.body
            await send({"type": "http.response.body", "body": body, "more_body": False})
            if answer.pieces is not None:
                await in_thread(answer.close)
            return
        await self._stream(answer.pieces, answer.close, in_thread, send)

    def _threads_of(self, context: Context) -> InThread:
        """Calls into the pool that all see the same context variables."""
        loop = asyncio.get_running_loop()

        def call(function: Callable[..., Any], *given: Any) -> Awaitable[Any]:
            return loop.run_in_executor(self._pool, partial(context.run, function, *given))

        return call

    async def _stream(
        self, pieces: Iterator[bytes], close: Callable[[], None], in_thread: InThread, send: Send
    ) -> None:
        """Take one piece at a time: a client that reads slowly holds no thread meanwhile."""
        try:
            while (piece := await in_thread(next, pieces, None)) is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await in_thread(close)

    async def _environ(self, scope: Message, receive: Receive) -> Environ:
        environ = build_environ(scope)
        try:
            body, length = await read_body(scope, receive, self._limit_of(environ["PATH_INFO"]))
        except Oversize as error:
            environ[REFUSAL] = TooLarge(error.limit)
            body, length = _nothing(), 0
        environ["wsgi.input"] = body
        environ["CONTENT_LENGTH"] = str(length)
        return environ

    def _call(self, environ: Environ) -> Answer:
        started: list[Any] = []
        result = self._wsgi(environ, lambda *given: started.extend(given[:2]))
        close = getattr(result, "close", lambda: None)
        status = int(started[0].split(" ", 1)[0])
        headers = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in started[1]]
        if getattr(result, "streaming", True):
            return Answer(status, headers, b"", iter(result), close)
        try:
            return Answer(status, headers, b"".join(result), None, close)
        finally:
            close()

    def close(self) -> None:
        """Finish what runs; take nothing new."""
        self._pool.shutdown(wait=True)


def _nothing() -> IO[bytes]:
    return BytesIO()


def build_environ(scope: Message) -> Environ:
    """A request in the words of WSGI, without its body.

    Headers with underscores in their names are dropped: they would pass for those with dashes (R6.11).
    """
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    raw = scope.get("raw_path")
    path = unquote_to_bytes(raw) if raw else scope["path"].encode()
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name.decode("latin1"), value.decode("latin1"))
    return environ


def _add_header(environ: Environ, name: str, value: str) -> None:
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
    if key in environ:
        value = f"{environ[key]}{';' if key == 'HTTP_COOKIE' else ','} {value}"
    environ[key] = value


async def _plain(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
