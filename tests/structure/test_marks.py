"""The mark of an open, a limited and a shared record on lists, peeks and cards, and who sees it all the same."""

import re
from typing import Any

import pytest

from opora.people.models import DefaultShare, Share
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.tenancy.context import ProjectRef
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("O07", "O15", "R4.06")
EVERYONE, WRITE, LIMITED, MINE = (
    "Все читают",
    "Все читают и изменяют",
    "Доступ ограничен",
    "Открыто вам",
)


def made(cast: Cast, kind: str, level: str) -> Any:
    values = {"first_name": "Брусника"} if kind == "contact" else {"title": "Брусника"}
    record = perform("create", kinds[kind], Act(access(cast.manager)), values=values).record
    kinds[kind].model._default_manager.filter(pk=record.pk).update(access=level)
    return record


def marks(text: str) -> set[str]:
    """The tooltips of the marks and the badges of a page."""
    return set(re.findall(r'class="mark" title="([^"]*)"', text)) | {
        words for words in (EVERYONE, WRITE, LIMITED, MINE) if f"</svg>{words}</span>" in text
    }


@pytest.mark.parametrize(
    ("kind", "default", "level", "mark"),
    [
        ("contact", "none", "", None),
        ("contact", "none", "read", EVERYONE),
        ("contact", "none", "write", WRITE),
        ("deal", "read", "", None),
        ("deal", "read", "none", LIMITED),
        ("deal", "read", "write", WRITE),
    ],
)
def test_a_list_a_peek_and_a_card_carry_the_same_mark(
    client: ProjectClient, cast: Cast, kind: str, default: str, level: str, mark: str | None
) -> None:
    DefaultShare.objects.create(kind=kind, level=default)
    record = made(cast, kind, level)
    client.sign_in(cast.manager)
    listed = "/contacts/" if kind == "contact" else "/deals/list/"
    at = f"/{kind}s/{record.pk}/"
    peek = client.get(f"{at}peek/", headers={"HX-Request": "true"})
    for answer in (client.get(listed), peek, client.get(at)):
        text = answer.content.decode()
        assert "Брусника" in text
        assert marks(text) == ({mark} if mark else set())


def test_what_is_shared_with_one_is_marked_for_that_one_alone(
    client: ProjectClient, project: ProjectRef, cast: Cast
) -> None:
    record = made(cast, "contact", "")
    Share.objects.create(kind="contact", record_id=record.pk, principal=cast.stranger.pk, level="read")
    stranger = ProjectClient(project).sign_in(cast.stranger)
    for path in ("/contacts/", f"/contacts/{record.pk}/"):
        assert marks(stranger.get(path).content.decode()) == {MINE}
        assert marks(client.sign_in(cast.colleague).get(path).content.decode()) == set()


@pytest.mark.req("R4.03")
def test_the_card_of_a_limited_record_names_the_roles_that_see_it_and_no_people(
    client: ProjectClient, project: ProjectRef, cast: Cast
) -> None:
    DefaultShare.objects.create(kind="deal", level="read")
    record = made(cast, "deal", "none")
    Share.objects.create(kind="deal", record_id=record.pk, principal=cast.stranger.pk, level="read")
    stranger = ProjectClient(project).sign_in(cast.stranger)
    card = stranger.get(f"/deals/{record.pk}/").content.decode()
    links = card[card.index('id="card-links"') :]
    for role in ("Роль «Директор»", "Роль «Руководитель»", "Роль «Менеджер»"):
        assert role in links
    assert cast.head.name not in links
    assert cast.director.name not in links
    assert "Роль «Руководитель»" in stranger.get(f"/deals/{record.pk}/access/").content.decode()
    kinds["deal"].model._default_manager.update(access="")
    assert "Роль «Руководитель»" not in stranger.get(f"/deals/{record.pk}/").content.decode()
