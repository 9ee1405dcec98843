"""The front: bodies are read under limits, and Django is asked in a thread, once for each request."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from config.front import bodies
from config.front.bridge import REFUSAL, Bridge, build_environ
from opora.kit.errors import TooLarge

Sent = list[dict[str, Any]]


class Pages:
    """A WSGI application that tells what it was asked."""

    streaming = False

    def __init__(self, *pieces: bytes, streaming: bool = False) -> None:
        self.pieces = pieces
        self.streaming = streaming
        self.environs: list[dict[str, Any]] = []
        self.read = b""
        self.is_closed = False

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.environs.append(environ)
        self.read = environ["wsgi.input"].read()
        start("200 OK", [("Content-Type", "text/plain")])
        return self

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    def close(self) -> None:
        self.is_closed = True


def scope(method: str = "POST", path: str = "/a", **more: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "http_version": "1.1",
        "headers": [],
        "client": ("10.0.0.1", 5),
        **more,
    }


def ask(bridge: Bridge, asked: dict[str, Any], *body: bytes, pause: float = 0.0) -> Sent:
    """Send one request with a body in pieces; what came back."""
    sent: Sent = []
    pieces = list(body or [b""])

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause)
        if not pieces:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(bridge(asked, receive, send))
    return sent


def bridge_to(pages: Pages, limit: int = 1000, an_address: int = 0) -> Bridge:
    return Bridge(pages, threads=1, limit_of=lambda path: limit, an_address=an_address)


def body_of(sent: Sent) -> bytes:
    return b"".join(message.get("body", b"") for message in sent)


def test_a_body_in_pieces_arrives_whole() -> None:
    pages = Pages(b"well ", b"done")
    sent = ask(bridge_to(pages), scope(), b"one ", b"two")
    assert (pages.read, body_of(sent), sent[0]["status"]) == (b"one two", b"well done", 200)
    assert pages.environs[0]["CONTENT_LENGTH"] == "7"
    assert pages.is_closed


def test_a_streamed_answer_is_passed_on_piece_by_piece_and_closed() -> None:
    pages = Pages(b"a", b"b", streaming=True)
    sent = ask(bridge_to(pages), scope("GET"))
    assert [message.get("body") for message in sent[1:]] == [b"a", b"b", b""]
    assert pages.is_closed


@pytest.mark.parametrize("streaming", [False, True])
def test_a_head_request_is_answered_without_a_body(streaming: bool) -> None:
    pages = Pages(b"a", streaming=streaming)
    assert body_of(ask(bridge_to(pages), scope("HEAD"))) == b""
    assert pages.is_closed


@pytest.mark.req("R17.01")
@pytest.mark.parametrize("headers", [[(b"content-length", b"2000")], []])
def test_a_body_over_the_limit_never_reaches_the_application(headers: list[tuple[bytes, bytes]]) -> None:
    pages = Pages()
    ask(bridge_to(pages), scope(headers=headers), b"x" * 600, b"x" * 600)
    assert pages.read == b""
    refusal = pages.environs[0][REFUSAL]
    assert isinstance(refusal, TooLarge)
    assert refusal.limit == 1000


@pytest.mark.req("R17.01")
def test_a_client_that_falls_silent_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SILENCE", 0.05)
    pages = Pages()
    assert ask(bridge_to(pages), scope(), b"x", b"y", pause=0.2)[0]["status"] == 408
    assert pages.environs == []


@pytest.mark.req("R17.01")
def test_a_client_that_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE", 0.05)
    sent = ask(bridge_to(Pages()), scope(), *[b"x"] * 20, pause=0.02)
    assert sent[0]["status"] == 408


def test_a_client_that_leaves_in_the_middle_costs_nothing() -> None:
    pages = Pages()

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    asyncio.run(bridge_to(pages)(scope(), receive, send))
    assert pages.environs == []


@pytest.mark.req("R17.01")
@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"query_string": b"a" * 9000}, 414),
        ({"headers": [(b"x", b"a" * 17_000)]}, 431),
    ],
)
def test_a_head_over_the_limit_is_refused(more: dict[str, Any], status: int) -> None:
    assert ask(bridge_to(Pages()), scope(**more))[0]["status"] == status


@pytest.mark.req("R17.01")
@pytest.mark.parametrize(("an_address", "statuses"), [(2, [200, 200, 429]), (0, [200, 200, 200])])
def test_one_address_has_a_share_of_the_server(an_address: int, statuses: list[int]) -> None:
    bridge = bridge_to(Pages(b"x"), an_address=an_address)
    got: list[int] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        got.extend([message["status"]] if "status" in message else [])

    async def run() -> None:
        await asyncio.gather(*(bridge(scope(), receive, send) for _request in range(3)))

    asyncio.run(run())
    assert sorted(got) == statuses


@pytest.mark.req("R6.11")
def test_headers_that_would_pass_for_others_are_dropped() -> None:
    headers = [
        (b"x-forwarded-for", b"1.1.1.1"),
        (b"X_Forwarded_For", b"6.6.6.6"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"accept", b"text/html"),
        (b"accept", b"*/*"),
    ]
    environ = build_environ(scope(path="/%D0%B0", headers=headers))
    assert environ["HTTP_X_FORWARDED_FOR"] == "1.1.1.1"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_ACCEPT"] == "text/html, */*"
    assert environ["PATH_INFO"].encode("latin1").decode() == "/а"
