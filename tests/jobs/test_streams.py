"""What a browser's stream says, to whom, and when it ends; spoken to as a server speaks to it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections, transaction

from opora.jobs import listening, live, streams, wire
from opora.jobs.hub import Hub
from opora.jobs.models import Ring
from opora.kit.dates import now
from opora.tenancy import directory, notices
from opora.tenancy.context import ProjectRef
from opora.tenancy.models import Project


@dataclass
class Firm:
    """Who may use streams, and who sees what: a user sees the ids that leave his own remainder by ten."""

    allowed: set[int] = field(default_factory=lambda: {1, 2})
    asked: int = 0

    def recognise(self, where: ProjectRef, headers: Mapping[str, str], address: str) -> int | None:
        self.asked += 1
        user_id = int(headers.get("cookie", "user=0").removeprefix("user="))
        return user_id if user_id in self.allowed else None

    def see(self, user_id: int, kind: str, ids: Sequence[int]) -> Collection[int]:
        return [each for each in ids if each % 10 == user_id]


@pytest.fixture
def firm(project: ProjectRef, monkeypatch: pytest.MonkeyPatch) -> Iterator[Firm]:
    made = Firm()
    before = live._watch.recognise, live._watch.see
    live.recognise_with(made.recognise)
    live.see_with(made.see)
    monkeypatch.setattr(streams, "RECHECK", 0.3)
    monkeypatch.setattr(streams, "GATHER", 0.05)
    yield made
    live.recognise_with(before[0])
    live.see_with(before[1])


class Browser:
    """One open request for a stream."""

    def __init__(
        self, serving: streams.Streams, user: int, path: str = "/projects/t1/live/", cookie: str = ""
    ) -> None:
        self.status = 0
        self.events: list[dict[str, Any]] = []
        self.beats = 0
        self._gone = asyncio.Event()
        self._told = asyncio.Event()
        headers = [(b"cookie", (cookie or f"user={user}").encode())]
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "headers": headers,
            "client": ("127.0.0.1", 5),
        }
        self.task = asyncio.create_task(serving.serve(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        text = message.get("body", b"").decode()
        if text.startswith("data: "):
            self.events.append(json.loads(text.removeprefix("data: ")))
            self._told.set()
        self.beats += text.startswith(": ")

    async def opened(self) -> "Browser":
        async with asyncio.timeout(3):
            while not self.status:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.02)
        return self

    async def told(self) -> list[dict[str, Any]]:
        async with asyncio.timeout(3):
            await self._told.wait()
        return self.events

    def leave(self) -> None:
        self._gone.set()


Story = Callable[[streams.Streams, Hub], Awaitable[None]]


def play(story: Story) -> None:
    """Run a story against the streams of one server."""

    async def run() -> None:
        hub = Hub()
        serving = streams.Streams(hub)
        try:
            await story(serving, hub)
        finally:
            await serving.close()

    asyncio.run(run())


@pytest.mark.req("R6.10", "R4.01")
def test_everybody_hears_only_of_what_he_may_see(firm: Firm) -> None:
    async def story(serving: streams.Streams, hub: Hub) -> None:
        first = await Browser(serving, 1).opened()
        second = await Browser(serving, 2).opened()
        hub.publish("t1", "contact", [11, 12, 13])
        assert await first.told() == [{"kind": "contact", "ids": ["11"]}]
        assert await second.told() == [{"kind": "contact", "ids": ["12"]}]
        hub.publish("t1", "contact", [33])
        await asyncio.sleep(0.2)
        assert len(first.events) == len(second.events) == 1

    play(story)


@pytest.mark.req("R3.02")
def test_another_project_is_never_heard(firm: Firm, other_project: ProjectRef) -> None:
    async def story(serving: streams.Streams, hub: Hub) -> None:
        browser = await Browser(serving, 1).opened()
        hub.publish(other_project.key, "contact", [11])
        await asyncio.sleep(0.2)
        assert browser.events == []

    play(story)


def test_changes_of_a_moment_come_together(firm: Firm) -> None:
    async def story(serving: streams.Streams, hub: Hub) -> None:
        browser = await Browser(serving, 1).opened()
        for number in (11, 21, 11):
            hub.publish("t1", "contact", [number])
        hub.publish("t1", "deal", [31])
        assert await browser.told()
        await asyncio.sleep(0.1)
        assert browser.events == [{"kind": "contact", "ids": ["11", "21"]}, {"kind": "deal", "ids": ["31"]}]

    play(story)


def test_of_many_changes_only_that_there_were_many_is_said(firm: Firm) -> None:
    async def story(serving: streams.Streams, hub: Hub) -> None:
        browser = await Browser(serving, 1).opened()
        hub.publish("t1", "contact", [number * 10 + 3 for number in range(700)])
        hub.publish("t1", "deal", [*(number * 10 + 3 for number in range(700)), 11])
        assert await browser.told() == [{"kind": "deal", "ids": [], "many": True}]

    play(story)


@pytest.mark.req("R6.10", "R6.02")
def test_the_stream_of_a_dismissed_person_ends(firm: Firm) -> None:
    async def story(serving: streams.Streams, hub: Hub) -> None:
        browser = await Browser(serving, 1).opened()
        firm.allowed.discard(1)
        async with asyncio.timeout(2):
            await browser.task

    play(story)


@pytest.mark.req("R6.10")
def test_rights_are_asked_before_each_event(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "RECHECK", 60.0)

    async def story(serving: streams.Streams, hub: Hub) -> None:
        browser = await Browser(serving, 1).opened()
        firm.allowed.discard(1)
        hub.publish("t1", "contact", [11])
        async with asyncio.timeout(2):
            await browser.task
        assert browser.events == []

    play(story)


@pytest.mark.req("R6.10")
def test_a_project_in_maintenance_has_no_streams(firm: Firm, project: ProjectRef) -> None:
    async def story(serving: streams.Streams, hub: Hub) -> None:
        browser = await Browser(serving, 1).opened()
        await asyncio.to_thread(Project.objects.filter(key="t1").update, status="maintenance")
        directory.forget()
        async with asyncio.timeout(4):
            await browser.task
        assert (await Browser(serving, 1).opened()).status == 503

    try:
        play(story)
    finally:
        Project.objects.filter(key="t1").update(status="active")
        directory.forget()


@pytest.mark.req("R1.01", "R6.10")
@pytest.mark.parametrize(
    ("user", "path", "status"),
    [(9, "/projects/t1/live/", 401), (1, "/projects/nowhere/live/", 404), (1, "/projects/No/live/", 404)],
)
def test_who_may_not_have_a_stream_is_refused(firm: Firm, user: int, path: str, status: int) -> None:
    async def story(serving: streams.Streams, hub: Hub) -> None:
        assert (await Browser(serving, user, path).opened()).status == status

    play(story)


@pytest.mark.req("R6.10")
def test_a_sixth_stream_of_one_person_is_refused_until_one_is_closed(firm: Firm) -> None:
    async def story(serving: streams.Streams, hub: Hub) -> None:
        browsers = [await Browser(serving, 1).opened() for _number in range(6)]
        assert [browser.status for browser in browsers] == [200] * 5 + [429]
        browsers[0].leave()
        await browsers[0].task
        assert (await Browser(serving, 1).opened()).status == 200
        assert (await Browser(serving, 2).opened()).status == 200

    play(story)


@pytest.mark.req("R6.10")
def test_a_quiet_stream_beats_and_ends_after_its_hour(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT", 0.1)
    monkeypatch.setattr(streams, "LIFETIME", 0.5)

    async def story(serving: streams.Streams, hub: Hub) -> None:
        browser = await Browser(serving, 1).opened()
        async with asyncio.timeout(2):
            await browser.task
        assert 3 <= browser.beats <= 5

    play(story)


@pytest.mark.req("R13.09")
def test_streams_end_when_the_server_stops(firm: Firm) -> None:
    async def story(serving: streams.Streams, hub: Hub) -> None:
        browser = await Browser(serving, 1).opened()
        serving.end()
        async with asyncio.timeout(1):
            await browser.task

    play(story)


def test_a_change_rung_by_another_process_is_heard_once(firm: Firm) -> None:
    async def story(serving: streams.Streams, hub: Hub) -> None:
        browser = await Browser(serving, 1).opened()
        await asyncio.sleep(0.4)
        rung = Ring(project="t1", kind="contact", ids=[11], origin="another", at=now())
        own = Ring(project="t1", kind="contact", ids=[21], origin=wire.origin(), at=now())
        await asyncio.to_thread(Ring.objects.bulk_create, [rung, own])
        assert await browser.told() == [{"kind": "contact", "ids": ["11"]}]
        await asyncio.sleep(0.6)
        assert len(browser.events) == 1

    play(story)


def test_a_tap_of_the_database_is_felt_at_once(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    if connections["directory"].vendor != "postgresql":
        pytest.skip("SQLite is looked at often instead")
    monkeypatch.setattr(listening, "POLL_WHEN_TOLD", 60.0)

    async def story(serving: streams.Streams, hub: Hub) -> None:
        browser = await Browser(serving, 1).opened()
        await asyncio.sleep(1.0)
        await asyncio.to_thread(ring_elsewhere)
        began = asyncio.get_running_loop().time()
        assert await browser.told() == [{"kind": "contact", "ids": ["11"]}]
        assert asyncio.get_running_loop().time() - began < 1

    play(story)


def ring_elsewhere() -> None:
    """What another process does."""
    Ring.objects.create(project="t1", kind="contact", ids=[11], origin="another", at=now())
    notices.send()


def test_only_what_was_committed_is_rung(firm: Firm, project: ProjectRef) -> None:
    with transaction.atomic():
        live.ring("contact", [11, 11, 21])
        wire.flush()
        assert not Ring.objects.exists()
    wire.flush()
    assert [(ring.project, ring.kind, ring.ids) for ring in Ring.objects.all()] == [
        ("t1", "contact", [11, 21])
    ]


def test_an_idle_stream_holds_no_connection(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    if connections["directory"].vendor != "postgresql":
        pytest.skip("SQLite files stay open by design")
    monkeypatch.setattr(streams, "RECHECK", 60.0)

    async def story(serving: streams.Streams, hub: Hub) -> None:
        before = leased()  # threads of earlier tests ended with theirs
        for _number in range(4):
            await Browser(serving, 1).opened()
        assert min([leased() for _look in range(20) if await asyncio.sleep(0.03) is None]) <= before

    connections.close_all()
    play(story)


def leased() -> int:
    """Connections of this process that are lent out by the pool now."""
    stats = connections["directory"].pool.get_stats()
    return int(stats.get("pool_size", 0)) - int(stats.get("pool_available", 0))
