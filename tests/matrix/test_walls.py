"""What one may not see changes no byte of what one is answered; and a project's ids mean nothing in another."""

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from opora.demo.defining import Defined, define
from opora.jobs import live
from opora.kit.dates import now
from opora.people import devices, halfway, presence
from opora.people.mail import links
from opora.people.models import Role, User
from opora.people.models.mail import LinkPurpose
from opora.people.models.token import TokenScope
from opora.people.scopes import Scope, uniform
from opora.people.sessions import COOKIE
from opora.people.switches import SWITCHES
from opora.people.tokens import issue
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.tenancy.context import ProjectRef
from opora.tenancy.context import project as entered
from tests.clients import ProjectClient
from tests.kits import objects
from tests.matrix.places import Places, new, prepare
from tests.matrix.routes import ROWS, Row
from tests.matrix.test_routes import arrive, no_limits, state
from tests.people import Cast, access, load

__all__ = ["no_limits"]
pytestmark = pytest.mark.timeout(600)
MARKER = "клюквенник"
READABLE = ("people", "who sees it", "programs", "programs that see it")
VOLATILE = re.compile(
    r'(nonce|value|content)="[^"]*"|X-CSRFToken": "[^"]*"|[0-9A-F]{4}-[0-9A-F]{4}|\d+ (секунд|минут)\w*|'
    r'"csrfmiddlewaretoken[^>]*'
)
"""Nonces, form tokens and keys, the request's number, ages in words."""


def named(row: Row) -> bool:
    return any("{" in word for word in row.words.values())


@pytest.mark.req("R15.05", "R3.01", "R3.04")
def test_ids_of_another_project_are_absent_here_and_nothing_there_is_touched(
    project: ProjectRef, other_project: ProjectRef, cast: Cast, no_limits: None
) -> None:
    define(0)
    with entered(other_project):
        theirs = prepare(load())
        before = state()
    ask = arrive("director", cast, project, other_project)
    answered = {f"{row.method} {row.route}": ask(row, theirs).status_code for row in ROWS if named(row)}
    assert {name: status for name, status in answered.items() if status != 404} == {}
    with entered(other_project):
        key = issue(load().director, ["admin"])[1]
        before |= {"people.Token": state()["people.Token"]}
    client = ProjectClient(project)
    for row in ROWS:
        if row.is_api:
            sent = client.generic(row.method, theirs.address(row), headers={"Authorization": f"Bearer {key}"})
            assert sent.status_code == 401, row.route
    with entered(other_project):
        # A worker of a server that other tests started may take the project's own jobs meanwhile.
        assert {**state(), "jobs.Job": before["jobs.Job"]} == before


@pytest.mark.req("R15.05", "R3.01", "R3.03", "R6.13")
def test_no_credential_of_another_project_opens_anything_here(
    project: ProjectRef, other_project: ProjectRef, cast: Cast, no_limits: None
) -> None:
    """The person there has even the id of the director here."""
    answer = HttpResponse()
    with entered(other_project):
        role = Role.objects.get(key="head")
        twin = User.objects.create(
            pk=cast.director.pk, login="twin", first_name="Двойник", role=role, created_at=now()
        )
        answer.cookies = ProjectClient(other_project).sign_in(twin).cookies
        devices.remember(RequestFactory().get("/"), answer, twin)
        halfway.put(RequestFactory().get("/"), answer, halfway.Half(twin, lasting=False))
        keys = [issue(twin, [scope])[1] for scope in TokenScope.values]
        letters = [links.issue(twin, purpose) for purpose in LinkPurpose.values]
    here, carried = ProjectClient(project), {name: one.value for name, one in answer.cookies.items()}
    assert set(carried) >= {COOKIE, devices.COOKIE, halfway.COOKIE}
    for path in ("/", "/contacts/", "/settings/users/", "/profile/", "/api/v1/me"):
        here.cookies.load(carried)
        assert here.get(path).status_code in (302, 401), path
    asks = RequestFactory().get("/", headers={"Cookie": "; ".join(f"{n}={v}" for n, v in carried.items())})
    assert halfway.of(asks) is None
    assert not devices.is_known(asks, cast.director)
    assert live.recognise(project, {"cookie": asks.headers["Cookie"]}, "127.0.0.1") is None
    here.cookies.clear()
    for key in keys:
        given = {"Authorization": f"Bearer {key}"}
        assert here.get("/api/v1/me", headers=given).status_code == 401
        assert here.post("/api/v1/leads", {"name": "Анна"}, headers=given).status_code == 401
    for key in letters:
        assert here.get(f"/link/{key}/").status_code == 404
        assert here.post(f"/link/{key}/", {"password": "крепкий пароль"}).status_code == 404


def asked() -> Iterator[str]:
    """Lists, counts, boards, searches and suggestions of every kind, asked for a word that hidden records hold."""
    for kind in kinds:
        paths = [path for _road, path in objects.lists_of(kind, ()) if objects.exists(path.partition("?")[0])]
        yield from (path.replace(objects.COMMON, MARKER) for path in paths)
        yield from (f"/api/v1/{kind.url}?sort={sign}stamp" for sign in ("", "-"))


def answers(client: ProjectClient, places: Places) -> dict[str, str]:
    """All that a person reads, without the parts that change by themselves."""
    found = {path: said(client.get(path)).replace(MARKER, "") for path in asked()}
    for row in ROWS:
        if row.method == "GET" and row.audience in READABLE and row.route != "api/v1/openapi.json":
            answer = client.get(places.address(row))
            found[row.route] = said(answer)
    return found


def said(answer: Any) -> str:
    """The status and the words of an answer, without the parts that change by themselves."""
    text = (b"".join(answer) if answer.streaming else answer.content).decode()
    return f"{answer.status_code} {VOLATILE.sub('', text)}"


def hide(cast: Cast, defined: Defined, dice: random.Random, seen: Any = None) -> None:
    """A day of people whose records are closed to the manager; some stand on `seen`, a contact open to him."""
    if seen is not None:
        deal = new(cast.director, "deal", title=MARKER, contact=seen, amount="777000")
        new(cast.director, "note", f"deal:{deal.id}", text=MARKER)
        perform("edit", kinds["deal"], Act(access(cast.director)), [deal.id], values={"title": MARKER * 2})
    for _turn in range(6):
        me = dice.choice([cast.director, cast.stranger, cast.other_head])
        contact = new(
            me, "contact", first_name=MARKER, phones=f"+7917{dice.randrange(10**7):07}", city=MARKER
        )
        deal = new(me, "deal", title=f"{MARKER} {dice.random()}", contact=contact.id, amount="777000")
        new(me, "task", title=MARKER, due_at="01.10.2026")
        new(me, "note", f"contact:{contact.id}", text=MARKER)
        act = Act(access(me))
        perform("move", kinds["deal"], act, [deal.id], stage=defined.stages["equipment.talk"].id)
        if dice.random() < 0.5:
            perform("edit", kinds["contact"], Act(access(me)), [contact.id], values={"city": MARKER * 2})
            perform("trash", kinds["deal"], Act(access(me)), [deal.id])


@pytest.mark.req("R15.06", "R15.07", "R2.06")
def test_hidden_changes_change_no_byte_and_hidden_words_stand_nowhere(
    client: ProjectClient, cast: Cast, no_limits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "NOTE_EVERY", 3600.0)
    defined = define(0)
    places = prepare(cast, defined=defined)
    client.sign_in(cast.manager)
    answers(client, places)
    before = answers(client, places)
    hide(cast, defined, random.Random(20261121), places.words["contact"])
    after = answers(client, places)
    assert [route for route, words in after.items() if MARKER in words.casefold()] == []
    assert {
        route: _first_difference(before[route], after[route])
        for route in after
        if after[route] != before[route]
    } == {}


@pytest.mark.req("R15.06", "R6.10")
def test_hidden_changes_ring_no_page_of_whom_they_are_hidden_from(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    defined, rung = define(0), list[tuple[str, Any]]()
    seen = new(cast.manager, "contact", first_name="Своя").id
    monkeypatch.setattr(live.hub, "publish", lambda _project, kind, changed: rung.append((kind, changed)))
    hide(cast, defined, random.Random(7), seen)
    assert {kind for kind, _changed in rung} >= {"contact", "deal", "task", "note"}
    heard = {
        viewer.login: {kind for kind, changed in rung if live.visible(viewer.pk, kind, changed)}
        for viewer in cast.all()
    }
    assert heard["manager"] == heard["colleague"] == heard["assistant"] == set()
    assert heard["director"] >= {"contact", "deal", "task", "note"}


@pytest.mark.req("R15.07", "R2.06", "R2.07")
def test_an_administrator_who_sees_no_records_finds_no_word_of_them_in_settings_log_and_export(
    client: ProjectClient, cast: Cast, no_limits: None
) -> None:
    switches = [name for name, _switch in SWITCHES.items()]
    keeper = Role.objects.create(name="Хранитель", scopes=uniform(Scope.OWN), switches=switches)
    User.objects.filter(pk=cast.assistant.pk).update(role=keeper)
    defined = define(0)
    places = prepare(cast, defined=defined)
    hide(cast, defined, random.Random(3))
    client.sign_in(cast.assistant)
    found = {}
    for row in ROWS:
        if not row.is_api and (row.method == "GET" or row.route.endswith(("/changes/", "/export/"))):
            call = client.get if row.method == "GET" else client.post
            found[f"{row.method} {row.route}"] = call(places.address(row))
    opened = {name: answer for name, answer in found.items() if answer.status_code == 200}
    assert {"GET settings/log/", "GET settings/check/", "GET settings/roles/"} <= set(opened)
    words = {
        name: b"".join(answer) if answer.streaming else answer.content for name, answer in opened.items()
    }
    assert [name for name, text in words.items() if MARKER in text.decode(errors="replace").casefold()] == []


@pytest.mark.req("R1.02", "R15.07")
def test_searches_for_hidden_words_find_nothing(client: ProjectClient, cast: Cast) -> None:
    hide(cast, define(0), random.Random(1))
    client.sign_in(cast.manager)
    for path in ("/search/", "/contacts/", "/deals/", "/tasks/", "/api/v1/search", "/api/v1/contacts"):
        said: Any = client.get(path, {"q": MARKER}).content.decode()
        assert said.count(MARKER) <= said.count(f'value="{MARKER}"') + said.count(f">{MARKER}<") + 3, path
        assert "777\u00a0000" not in said


def _first_difference(one: str, other: str) -> str:
    place = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return f"…{one[max(0, place - 60) : place + 60]}… became …{other[max(0, place - 60) : place + 60]}…"
