"""Whom an open page's stream tells of what stands on a card: only those who see that too (R2.06, R6.10)."""

import asyncio
from functools import partial
from typing import Any

import pytest
from django.db import connections

from opora.jobs import streams
from opora.jobs.hub import hub
from opora.people.models import User
from opora.people.sessions import COOKIE
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.tenancy.context import ProjectRef
from opora.tenancy.context import project as entered
from tests.clients import ProjectClient
from tests.jobs.test_streams import Browser
from tests.matrix.places import new
from tests.people import Cast, access

pytestmark = pytest.mark.req("R2.06", "R6.10")


def heard(project: ProjectRef, users: list[User], *acts: Any) -> list[list[dict[str, Any]]]:
    """What the streams of these people say while the acts are done, one after another, and a last one all see."""
    keys = [ProjectClient(project).sign_in(user).cookies[COOKIE].value for user in users]

    async def story() -> list[list[dict[str, Any]]]:
        serving = streams.Streams(hub)
        try:
            open_ones = [
                await Browser(serving, 0, project.address + "live/", f"{COOKIE}={key}").opened()
                for key in keys
            ]
            await asyncio.to_thread(run)
            for browser in open_ones:
                async with asyncio.timeout(5):
                    while not any(event["kind"] == "task" for event in browser.events):
                        await asyncio.sleep(0.02)
            return [browser.events for browser in open_ones]
        finally:
            await serving.close()

    def run() -> None:
        try:
            with entered(project):
                for act in acts:
                    act()
        finally:
            connections.close_all()  # the thread ends, and would keep its place in the pool

    return asyncio.run(story())


def of(events: list[dict[str, Any]], kind: str) -> list[str]:
    return [number for event in events if event["kind"] == kind for number in event["ids"]]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "GATHER", 0.05)


def edit(user: User, record: Any, title: str) -> None:
    perform("edit", kinds[type(record).kind_name], Act(access(user)), [record.id], values={"title": title})


def test_a_hidden_deal_on_a_visible_contact_rings_nothing_for_whom_it_is_hidden(
    project: ProjectRef, cast: Cast
) -> None:
    contact = new(cast.manager, "contact", first_name="Своя")
    deal = new(cast.director, "deal", title="Тайная", contact=contact.id)
    end = new(cast.manager, "task", title="Конец")
    theirs, his = heard(
        project,
        [cast.manager, cast.director],
        partial(edit, cast.director, deal, "Т"),
        partial(edit, cast.manager, end, "К"),
    )
    assert of(theirs, "contact") == of(theirs, "deal") == []
    assert (of(his, "contact"), of(his, "deal")) == ([str(contact.id)], [str(deal.id)])


def test_a_card_rings_for_what_its_reader_sees_or_saw_on_it(project: ProjectRef, cast: Cast) -> None:
    contact = new(cast.manager, "contact", first_name="Своя")
    deal = new(cast.colleague, "deal", title="Соседняя", contact=contact.id)
    end = new(cast.manager, "task", title="Конец")
    leave = partial(perform, "hand_over", kinds["deal"], Act(access(cast.director)), [deal.id])
    (theirs,) = heard(
        project,
        [cast.manager],
        partial(leave, to=cast.director.id),
        partial(edit, cast.manager, end, "К"),
    )
    assert (of(theirs, "contact"), of(theirs, "deal")) == ([str(contact.id)], [str(deal.id)])
