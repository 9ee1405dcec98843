"""A client handed over takes the deals along (U12)."""

from typing import Any

import pytest

from opora.kit.errors import Forbidden
from opora.people.models import Share
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("U12")


def made(user: object, kind: str, **values: object) -> object:
    return perform("create", kinds[kind], Act(access(user)), values=values).record  # type: ignore[arg-type]


def handed(user: object, contact: object, to: object, **sent: object) -> None:
    perform("hand_over", kinds["contact"], Act(access(user)), [contact.id], to=str(to.id), **sent)  # type: ignore[attr-defined, arg-type]


def test_deals_of_a_client_change_hands_with_it_whoever_held_them(cast: Cast) -> None:
    contact = made(cast.manager, "contact", first_name="Артём")
    deals = [
        made(user, "deal", title="Печь", contact=str(contact.id)) for user in (cast.manager, cast.colleague)
    ]  # type: ignore[attr-defined]
    handed(cast.head, contact, cast.head)
    for deal in deals:
        deal.refresh_from_db()  # type: ignore[attr-defined]
        assert deal.responsible_id == cast.head.id  # type: ignore[attr-defined]


def test_without_the_linked_ones_deals_stay(cast: Cast) -> None:
    contact = made(cast.manager, "contact", first_name="Артём")
    deal = made(cast.manager, "deal", title="Печь", contact=str(contact.id))  # type: ignore[attr-defined]
    handed(cast.head, contact, cast.colleague, with_linked=False)
    deal.refresh_from_db()  # type: ignore[attr-defined]
    assert deal.responsible_id == cast.manager.id  # type: ignore[attr-defined]


def test_one_deal_that_may_not_be_given_away_stops_the_whole(cast: Cast) -> None:
    contact = made(cast.manager, "contact", first_name="Артём")
    Share.objects.create(kind="contact", record_id=contact.id, principal=cast.stranger.id, level="read")  # type: ignore[attr-defined]
    made(cast.stranger, "deal", title="Чужая печь", contact=str(contact.id))  # type: ignore[attr-defined]
    with pytest.raises(Forbidden) as refusal:
        handed(cast.manager, contact, cast.colleague)
    assert refusal.value.code == "linked_refused"
    contact.refresh_from_db()  # type: ignore[attr-defined]
    assert contact.responsible_id == cast.manager.id  # type: ignore[attr-defined]


def test_a_deal_changes_hands_alone_unless_its_client_is_to_follow(client: ProjectClient, cast: Cast) -> None:
    contact: Any = made(cast.manager, "contact", first_name="Артём")
    one, other = (
        (made(cast.manager, "deal", title=name, contact=str(contact.id))) for name in ("Печь", "Тестомес")
    )
    client.sign_in(cast.head)
    to = {"to": str(cast.colleague.id)}
    assert client.post(f"/deals/{one.id}/responsible/", to).status_code == 302
    hands = [row.responsible_id for row in again(one, other, contact)]
    assert hands == [cast.colleague.id, cast.manager.id, cast.manager.id]
    many = {"verb": "hand_over", "to": str(cast.head.id), "with_linked": "1", "ids": [str(one.id)]}
    assert client.post("/deals/bulk/", many).status_code == 302
    hands = [row.responsible_id for row in again(one, other, contact)]
    assert hands == [cast.head.id, cast.manager.id, cast.head.id]
    act = Act(access(cast.manager))
    with pytest.raises(Forbidden) as refusal:
        perform("hand_over", kinds["deal"], act, [other.id], to=str(cast.colleague.id), with_linked=True)
    assert refusal.value.code == "linked_refused"
    assert again(other)[0].responsible_id == cast.manager.id


def again(*records: Any) -> list[Any]:
    return [type(record).objects.get(pk=record.pk) for record in records]
