"""The object matrix in full (R15.03): what each viewer reaches of each record, by every road, kind by kind."""

import json
from typing import Any

import pytest
from django.db import transaction

from opora.demo.defining import define
from opora.people.models import User
from opora.records.kinds import kinds
from opora.tenancy.context import ProjectRef
from opora.tenancy.context import project as entered
from tests.clients import ProjectClient
from tests.kits import objects
from tests.kits.objects import STANDINGS, VIEWERS, WRITERS, Placed, Write, exists
from tests.matrix.test_routes import no_limits
from tests.people import Cast, load

__all__ = ["no_limits"]
pytestmark = [pytest.mark.timeout(600), pytest.mark.req("R15.03", "R15.08", "R2.01", "R2.04", "R2.06")]
KINDS = sorted(kind.name for kind in kinds)
WHOLE = {"rows drawn anew", "list", "list filtered", "API list", "API filter", "API trash"}
"""Roads that show all there is; the others show the best or the newest."""


@pytest.fixture
def placed(request: pytest.FixtureRequest, cast: Cast, no_limits: None) -> dict[str, Placed]:
    define(0)
    return objects.place_all(cast, kinds[request.getfixturevalue("kind_name")])


def ask(client: ProjectClient, write: Write) -> Any:
    """Send a change the way its road does."""
    if write.is_api:
        text = json.dumps(write.body)
        return client.generic(write.method, write.path, text, content_type="application/json")
    return client.post(write.path, write.body)


def shown(text: str, placed: dict[str, Placed]) -> set[str]:
    """The standings whose record a text names by its id or by its word."""
    return {name for name, one in placed.items() if one.id in text or one.word in text}


@pytest.mark.parametrize("kind_name", KINDS)
def test_every_list_shows_what_the_table_says(
    kind_name: str, client: ProjectClient, cast: Cast, placed: dict[str, Placed]
) -> None:
    kind, wrong = kinds[kind_name], []
    for viewer in VIEWERS:
        client.sign_in(getattr(cast, viewer))
        seen = {name for name, standing in STANDINGS.items() if standing.sees(viewer)}
        gone = {name for name, standing in STANDINGS.items() if standing.is_thrown}
        for road, path in objects.lists_of(kind, placed.values()):
            if not exists(path.partition("?")[0]):
                continue
            expected = seen & gone if "trash" in road else seen - gone
            found = shown(client.get(path, headers={"HX-Request": "true"}).content.decode(), placed)
            if not found <= expected or (road in WHOLE and found != expected):
                wrong.append(f"{viewer}, {road}: {sorted(found ^ expected)}")
        heard = objects.told(getattr(cast, viewer), kind, placed)
        if heard != seen:
            wrong.append(f"{viewer}, stream: {sorted(heard ^ seen)}")
    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.parametrize("kind_name", KINDS)
def test_every_page_of_one_record_opens_for_whom_the_table_says(
    kind_name: str, client: ProjectClient, cast: Cast, placed: dict[str, Placed]
) -> None:
    kind, wrong = kinds[kind_name], []
    for viewer in VIEWERS:
        client.sign_in(getattr(cast, viewer))
        for name, one in placed.items():
            for path in objects.reads_of(kind, one):
                fragment = {"HX-Request": "true"} if path.endswith("peek/") else {}
                status = client.get(path, headers=fragment).status_code
                if status != (200 if one.standing.sees(viewer) else 404):
                    wrong.append(f"{viewer}, {name}, {path}: {status}")
    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.parametrize("kind_name", KINDS)
def test_every_change_is_made_or_refused_as_the_table_says(
    kind_name: str, client: ProjectClient, cast: Cast, placed: dict[str, Placed]
) -> None:
    kind, wrong = kinds[kind_name], []
    for viewer in WRITERS:
        client.sign_in(getattr(cast, viewer))
        kept = client.cookies.output()
        for name, one in placed.items():
            if one.standing.is_thrown:
                continue
            for write in objects.writes_of(kind, one, getattr(cast, viewer)):
                if not exists(write.path):
                    continue
                client.cookies.load(kept.replace("Set-Cookie: ", ""))
                with transaction.atomic():
                    status = ask(client, write).status_code
                    transaction.set_rollback(True)
                may = objects.right_of(one.standing, viewer, write.right, kind)
                unseen = 422 if write.right == "link" else 404
                expected = (200, 201, 302) if may else (403,) if one.standing.sees(viewer) else (unseen,)
                if status not in expected:
                    wrong.append(f"{viewer}, {name}, {write.name}: {status} instead of {expected}")
    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.req("R2.10")
@pytest.mark.parametrize("kind_name", [name for name in KINDS if exists(f"/{kinds[name].url}/bulk/")])
def test_a_bulk_takes_what_the_table_says_and_tells_nothing_of_the_rest(
    kind_name: str, client: ProjectClient, cast: Cast, placed: dict[str, Placed]
) -> None:
    kind = kinds[kind_name]
    kept = {name: one for name, one in placed.items() if not one.standing.is_thrown}
    for viewer in WRITERS:
        client.sign_in(getattr(cast, viewer))
        for verb, right, sent in (
            ("trash", "delete", {}),
            ("hand_over", "edit", {"to": str(getattr(cast, viewer).pk)}),
        ):
            ids = [one.id for one in kept.values()]
            with transaction.atomic():
                answer = client.post(
                    f"/{kind.url}/bulk/",
                    {"verb": verb, "ids": ids, **sent},
                    headers={"HX-Request": "true"},
                )
                stored = kind.model._default_manager.filter(pk__in=ids, version__gt=1)
                changed = {str(pk) for pk in stored.values_list("pk", flat=True)}
                transaction.set_rollback(True)
            expected = {
                one.id
                for one in kept.values()
                if objects.right_of(one.standing, viewer, right, kind)
                and not (verb == "hand_over" and one.record.responsible_id == getattr(cast, viewer).pk)
            }
            already = {one.id for one in kept.values() if one.standing.owner == viewer}
            assert changed - already == expected - already, (viewer, verb)
            text = answer.content.decode()
            unseen = {name: one for name, one in kept.items() if not one.standing.sees(viewer)}
            assert shown(text.replace(" ", ""), unseen) <= set(), (viewer, verb)


@pytest.mark.req("R3.01", "R3.04")
@pytest.mark.parametrize("kind_name", KINDS)
def test_a_record_of_another_project_stands_nowhere(
    kind_name: str, client: ProjectClient, other_project: ProjectRef, cast: Cast, no_limits: None
) -> None:
    kind = kinds[kind_name]
    with entered(other_project):
        theirs = objects.place(load(), kind, "everyone writes", 0)
    director: User = cast.director
    client.sign_in(director)
    for path in objects.reads_of(kind, theirs):
        assert client.get(path).status_code == 404, path
    for write in objects.writes_of(kind, theirs, director):
        if exists(write.path):
            assert ask(client, write).status_code == (422 if write.right == "link" else 404), write.name
    for road, path in objects.lists_of(kind, [theirs]):
        if exists(path.partition("?")[0]):
            text = client.get(path).content.decode()
            assert theirs.id not in text, road
