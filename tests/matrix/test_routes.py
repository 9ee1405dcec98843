"""Who is answered what, on every route: the table of routes.py, row by row for every kind of visitor."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from config import site_urls, urls
from opora.people import factor, totp
from opora.people.models import AddressRange, RecoveryCode, Role, SecondFactor, User
from opora.people.seals import seal
from opora.people.sessions import COOKIE
from opora.people.tokens import issue
from opora.tenancy.context import ProjectRef
from opora.tenancy.context import project as entered
from opora.tenancy.router import in_directory
from opora.timeline.models import Event, EventLink
from tests.clients import ProjectClient
from tests.matrix.places import Places, prepare
from tests.matrix.routes import ACTORS, AUDIENCES, RECOVERY_CODE, ROWS, SITE, Row
from tests.people import PASSWORD, Cast

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.req("R15.01", "R15.02", "R15.08", "R1.03", "R2.03"),
]

BLOCKED = {"activation": "activation", "off": "off", "dismissed": "dismissed"}
NOTED = {"people.Session", "people.User"}
"""When a person was last seen is noted at any request; both tables are compared without those columns."""
SEEN = {"last_seen_at", "last_address", "address", "user_agent"}


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        place = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, place)
        elif isinstance(pattern, URLPattern):
            yield place, pattern.callback


def test_every_route_stands_in_the_table_and_the_table_names_no_other() -> None:
    product = {place for place, _view in routes(urls.urlpatterns)}
    assert product == {row.route for row in ROWS}
    assert {place for place, _view in routes(site_urls.urlpatterns)} == set(SITE)


def test_every_operation_of_the_api_stands_in_the_table(client: ProjectClient, cast: Cast) -> None:
    paths = client.sign_in(cast.director).get("/api/v1/openapi.json").json()["paths"]
    told = {
        (method.upper(), "api/v1" + path.replace("{", "<").replace("}", ">"))
        for path, methods in paths.items()
        for method in methods
        if method in ("get", "post", "patch", "delete", "put")
    }
    assert told <= {(row.method, row.route) for row in ROWS}


SECURITY_LOG = {Event: "name", EventLink: "event__name"}


def state() -> dict[str, Any]:
    """All rows of the project, without when people were last seen."""
    found = {}
    for model in apps.get_models():
        if not in_directory(model):
            columns = [
                f.attname
                for f in model._meta.concrete_fields
                if f.attname not in SEEN or model._meta.label not in NOTED
            ]
            rows = model._default_manager.order_by("pk")
            if model in SECURITY_LOG:  # that somebody was not let in is written down (R1.03, R16.01)
                rows = rows.exclude(**{SECURITY_LOG[model]: "user.entry_refused"})
            found[model._meta.label] = list(rows.values_list(*columns))
    return found


@contextmanager
def writes_noted() -> Iterator[list[str]]:
    """Collects the statements that write; where there are none the tables need not be compared."""
    written: list[str] = []

    def note(execute: Any, sql: str, *given: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "WITH", "CREATE", "DROP", "ALTER")):
            written.append(sql)
        return execute(sql, *given)

    with connection.execute_wrapper(note):
        yield written


Ask = Callable[[Row, Places], Any]


def arrive(actor: str, cast: Cast, here: ProjectRef, other: ProjectRef) -> Ask:
    """A visitor of this kind: how it asks for a row."""
    client, headers = ProjectClient(here), {}
    if actor == "foreigner":
        with entered(other):
            stranger = ProjectClient(other).sign_in(User.objects.get(login="director"))
        client.cookies[COOKIE] = stranger.cookies[COOKIE].value
    elif actor.startswith("key_"):
        headers["Authorization"] = "Bearer " + issue(cast.manager, [actor.removeprefix("key_")])[1]
    elif actor in BLOCKED or actor.endswith("_address"):
        client.sign_in(cast.second_assistant)
        User.objects.filter(pk=cast.second_assistant.pk).update(status=BLOCKED.get(actor, "by_address"))
        AddressRange.objects.create(span="127.0.0.1" if actor == "right_address" else "10.0.0.0/8")
    elif actor == "halfway":
        half_signed_in(client, cast.manager)
    elif actor == "without_factor":
        client.sign_in(cast.manager)
        Role.objects.filter(pk=cast.manager.role_id).update(needs_factor=True)
    elif actor != "anonymous":
        client.sign_in(getattr(cast, actor))

    kept = client.cookies.output()

    def ask(row: Row, places: Places) -> Any:
        client.cookies.clear()
        client.cookies.load(kept.replace("Set-Cookie: ", ""))
        body = places.body(row) if row.method != "GET" else {}
        more = (
            {"content_type": "application/json"}
            if row.is_api and row.method != "GET" and not row.has_file
            else {}
        )
        call = getattr(client, row.method.lower())
        return call(places.address(row), body, headers=headers, **more)

    return ask


def half_signed_in(client: ProjectClient, user: User) -> None:
    """The password was right, the code is still to come."""
    SecondFactor.objects.create(user=user, secret_sealed=seal(totp.new_secret()), created_at=timezone.now())
    RecoveryCode.objects.create(user=user, code_hash=factor._hash(user, RECOVERY_CODE))
    User.objects.filter(pk=user.pk).update(has_factor=True)
    answer = client.post("/sign-in/", {"login": user.login, "password": PASSWORD})
    assert answer.headers["Location"].startswith(f"{client.project.address}second-step/")


@pytest.fixture
def no_limits(monkeypatch: pytest.MonkeyPatch, no_counts: None) -> None:
    """So many requests at once are no burst here."""
    for place in ("opora.people.middleware.spend", "opora.leadforms.views.spend"):
        monkeypatch.setattr(place, lambda *_given: None)


@pytest.mark.parametrize("actor", ACTORS)
def test_every_row_is_answered_as_the_table_says(
    actor: str, project: ProjectRef, other_project: ProjectRef, cast: Cast, no_limits: None
) -> None:
    places = prepare(cast)
    ask = arrive(actor, cast, project, other_project)
    wrong, changed = [], []
    with transaction.atomic():
        before = state()
    for row in ROWS:
        with transaction.atomic(), writes_noted() as written:
            status = ask(row, places).status_code
            kept = row.method == "GET" or status >= 400
            if kept and written and state() != before:
                changed.append(f"{row.method} {row.route} {status}: changes {_difference(before, state())}")
            transaction.set_rollback(True)
        if status != row.expected(actor):
            wrong.append(f"{row.method} {row.route}: {status} instead of {row.expected(actor)}")
    assert not wrong + changed, "\n".join(["", *wrong, *changed])


def _difference(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [label for label in before if before[label] != after[label]]


def test_the_table_says_something_of_everybody() -> None:
    assert {frozenset(answers) for answers in AUDIENCES.values()} == {frozenset(ACTORS)}
    assert set(chain(row.audience for row in ROWS)) == set(AUDIENCES)
