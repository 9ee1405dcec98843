"""How many SQL statements each main page and call of the API takes, exactly, on each database.

The numbers stand in tests/baselines.json. A change that costs more shows here before anybody feels it; one that is
meant is written down by `OPORA_RENEW_BASELINES=1 python -m pytest tests/screens/test_statements.py -n0`, on SQLite and
again with `OPORA_TEST_DATABASE=postgresql`, and explained in the commit.
"""

import itertools
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from opora.demo.defining import define
from opora.people.models import Group
from opora.people.tokens import issue
from opora.records import ways
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from tests.clients import ProjectClient
from tests.people import Cast, access

KEPT = Path(__file__).parents[1] / "baselines.json"
MOST = 12
FEW = ("contacts", "contact", "contact made", "board", "deals", "deal", "tasks", "search")
"""What may take `MOST` statements, whatever the number of rows (design.md, "Speed is a feature")."""
Ask = Callable[[], Any]


class World:
    """A small project with something on every page, as its manager and a program of the manager see it."""

    def __init__(self, cast: Cast, client: ProjectClient) -> None:
        self.defined = define(Group.objects.create(name="Отдел").id)
        self.client, self.cast = client.sign_in(cast.manager), cast
        self.key = issue(cast.manager, ["write"])[1]
        self.lead_key = issue(cast.head, ["leads"])[1]
        self.number = itertools.count(1)
        self.contact = self._new("contact", type="company", company_name="Хлебница", phones="+78430002716")
        self.deal = self._new("deal", title="Печь", contact=str(self.contact), amount="120000")
        for about in (f"contact:{self.contact}", f"deal:{self.deal}"):
            self._new("task", about, title="Позвонить", due_at="01.02.2026")
            self._new("note", about, text="Просит рассрочку")

    def _new(self, kind: str, about: str = "", **values: str) -> int:
        more = {"about": about} if about else {}
        act = Act(access(self.cast.manager))
        return int(perform("create", kinds[kind], act, values=values, **more).record.id)

    def page(self, path: str, **headers: str) -> Ask:
        """A page of the manager's."""
        return lambda: self.client.get(path, headers=headers)

    def sent(self, path: str, **form: str) -> Ask:
        """A form the manager sends; `#` becomes a new number each time."""
        return lambda: self.client.post(path, self._numbered(form))

    def call(self, method: str, path: str, **body: str) -> Ask:
        """A call of the manager's program."""

        def ask() -> Any:
            text = json.dumps(self._numbered(body)) if body else ""
            key = self.lead_key if path == "leads" else self.key
            headers = {"Authorization": f"Bearer {key}"}
            return ProjectClient(self.client.project).generic(
                method, f"/api/v1/{path}", text, content_type="application/json", headers=headers
            )

        return ask

    def _numbered(self, given: dict[str, str]) -> dict[str, str]:
        number = str(next(self.number))
        return {name: value.replace("#", number) for name, value in given.items()}

    def all(self) -> dict[str, Ask]:
        """Everything that is counted, by the name it has in the table."""
        contact, deal = self.contact, self.deal
        return {
            "today": self.page("/"),
            "counts of the navigation": self.page("/counts/", **{"HX-Request": "true"}),
            "contacts": self.page("/contacts/"),
            "contacts by name": self.page("/contacts/?sort=title"),
            "contacts found": self.page("/contacts/?q=хлеб"),
            "contact": self.page(f"/contacts/{contact}/"),
            "look at a contact": self.page(f"/contacts/{contact}/peek/", **{"HX-Request": "true"}),
            "form of a contact": self.page("/contacts/new/"),
            "contact made": self.sent("/contacts/new/", type="company", company_name="Новая #"),
            "board": self.page("/deals/"),
            "deals": self.page("/deals/list/"),
            "deal": self.page(f"/deals/{deal}/"),
            "deal made": self.sent("/deals/new/", title="Печь #", contact=str(contact)),
            "tasks": self.page("/tasks/"),
            "search": self.page("/search/?q=хлебница"),
            "api contacts": self.call("GET", "contacts"),
            "api contact": self.call("GET", f"contacts/{contact}"),
            "api contact made": self.call("POST", "contacts", type="company", company_name="Своя #"),
            "api contact changed": self.call("PATCH", f"contacts/{contact}", city="Город #"),
            "api deals": self.call("GET", "deals"),
            "api deal": self.call("GET", f"deals/{deal}"),
            "api search": self.call("GET", "search?q=хлебница"),
            "api lead": self.call("POST", "leads", name="Анна #", phone="+7917000482#"),
        }


def statements(ask: Ask) -> int:
    """How many statements an answer takes once everything that a process remembers is remembered.

    Those of the project's own database: the directory's are remembered for seconds at a time. That SQLite says when a
    transaction begins is not counted.
    """
    for _warm in range(2):
        answer = ask()
        assert answer.status_code < 400, answer.content.decode()[:500]
    number = 0

    def count(execute: Any, sql: str, *given: Any) -> Any:
        nonlocal number
        number += not sql.startswith("BEGIN")
        return execute(sql, *given)

    with connection.execute_wrapper(count):
        ask()
    return number


@pytest.fixture
def world(
    cast: Cast, client: ProjectClient, no_counts: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    monkeypatch.setattr(
        ways, "ESTIMATE_LASTS", 10_000.0
    )  # asked anew every half a minute: not while one counts
    ways._estimates.clear()
    yield World(cast, client)
    ways._estimates.clear()


@pytest.mark.req("R17.02", "R0.01")
def test_every_page_and_call_takes_the_statements_that_are_written_down(world: World) -> None:
    found = {name: statements(ask) for name, ask in world.all().items()}
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    if os.environ.get("OPORA_RENEW_BASELINES") == "1":
        KEPT.write_text(
            json.dumps({**kept, connection.vendor: found}, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
    else:
        assert found == kept[connection.vendor], "renew tests/baselines.json if this is meant: see its test"
    assert {name: found[name] for name in FEW if found[name] > MOST} == {}
