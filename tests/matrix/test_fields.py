"""The field matrix (R15.04, R5.06): a field of a limited section exists for nobody else, on no road, in any kind."""

import json
from typing import Any

import pytest
from django.db import transaction

from opora.demo.defining import define
from opora.people.models import Group, GroupMember, Role, User
from opora.people.switches import LOG
from opora.records.kinds import kinds
from tests.clients import ProjectClient
from tests.kits import fields
from tests.kits.fields import ABSENT, Hidden
from tests.matrix.places import Places, prepare
from tests.matrix.routes import ROWS
from tests.matrix.test_routes import no_limits
from tests.people import Cast

__all__ = ["no_limits"]
pytestmark = [pytest.mark.timeout(600), pytest.mark.req("R15.04", "R5.06", "R2.02", "R2.05", "R15.07")]
KINDS = sorted(kind.name for kind in kinds if not kind.seen_through)


@pytest.fixture
def places(cast: Cast, no_limits: None) -> Places:
    return prepare(cast, defined=define(0))


@pytest.fixture
def group(cast: Cast) -> Group:
    """Whoever is in it has the section; the director has every section."""
    found = Group.objects.create(name="Опт")
    GroupMember.objects.create(group=found, user=cast.head)
    return found


def hide(places: Places, cast: Cast, group: Group, name: str) -> tuple[Hidden, Any]:
    """A kind with a limited section, and the manager's own record of it, filled in by the director."""
    hidden = fields.limit(kinds[name], group)
    record = kinds[name].model._default_manager.get(pk=places.words[name])
    fields.fill(cast.director, hidden, record)
    return hidden, record


def send(client: ProjectClient, method: str, path: str, body: Any) -> Any:
    if path.startswith("/api/"):
        return client.generic(method, path, json.dumps(body), content_type="application/json")
    return client.get(path) if method == "GET" else client.post(path, body)


@pytest.mark.parametrize("name", KINDS)
def test_no_page_list_search_feed_or_schema_shows_a_trace_of_it(
    name: str, client: ProjectClient, cast: Cast, places: Places, group: Group
) -> None:
    hidden, record = hide(places, cast, group, name)
    role = Role.objects.create(
        name="С журналом", scopes=cast.manager.role.scopes, switches=[*cast.manager.role.switches, LOG.name]
    )
    User.objects.filter(pk=cast.manager.pk).update(role=role)
    routes = [places.address(row) for row in ROWS if row.method == "GET"]
    client.sign_in(cast.manager)
    shown = {}
    for path in [*fields.reads(hidden, record), *routes]:
        answer = client.get(path, headers={"HX-Request": "true"} if "peek/" in path else {})
        if answer.status_code == 200 and not answer.streaming:
            shown[path] = fields.traces(answer.content.decode().replace(f"?q={fields.SECRET}", ""))
    echoes = {path for path in shown if fields.SECRET in path or str(fields.NUMBER) in path}
    assert {path: found for path, found in shown.items() if found and path not in echoes} == {}
    for path in echoes:
        assert str(record.pk) not in client.get(path).content.decode(), path
    member = client.sign_in(cast.head)
    assert fields.traces(member.get(f"/{hidden.kind.url}/{record.pk}/").content.decode())
    assert str(record.pk) in member.get(f"/api/v1/{hidden.kind.url}?f={hidden.text}.filled:").content.decode()


@pytest.mark.parametrize("name", KINDS)
def test_its_name_is_answered_like_a_name_that_never_was(
    name: str, client: ProjectClient, cast: Cast, places: Places, group: Group
) -> None:
    hidden, record = hide(places, cast, group, name)
    client.sign_in(cast.manager)
    for secret, absent in zip(
        fields.asked_by_name(hidden, hidden.text), fields.asked_by_name(hidden, ABSENT), strict=True
    ):
        one, other = client.get(secret), client.get(absent)
        assert one.status_code == other.status_code, secret
        assert fields.traces(one.content.decode().replace(fields.SECRET[:4], "")) == [], secret
    both = zip(
        fields.written_by_name(hidden, record, hidden.text),
        fields.written_by_name(hidden, record, ABSENT),
        strict=True,
    )
    for (method, path, body), (_method, absent_path, absent_body) in both:
        with transaction.atomic():
            one, other = send(client, method, path, body), send(client, method, absent_path, absent_body)
            transaction.set_rollback(True)
        assert one.status_code == other.status_code >= 400, path
        if path.startswith("/api/"):
            assert one.json()["code"] == other.json()["code"], path
    record.refresh_from_db()
    assert record.values[hidden.text] == fields.SECRET


@pytest.mark.parametrize("name", KINDS)
def test_a_form_or_a_copy_that_names_it_writes_nothing_into_it(
    name: str, client: ProjectClient, cast: Cast, places: Places, group: Group
) -> None:
    hidden, _record = hide(places, cast, group, name)
    row = next(row for row in ROWS if (row.method, row.route) == ("POST", f"{hidden.kind.url}/new/"))
    client.sign_in(cast.manager)
    client.post(places.address(row), {**places.body(row), hidden.text: "иначе", "_key": "k"})
    made = hidden.kind.model._default_manager.order_by("-id").first()
    assert made is not None
    assert hidden.text not in made.values
