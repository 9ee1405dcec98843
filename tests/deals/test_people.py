"""Several contacts in one deal, with roles: added, found from both sides, hidden from who may not see them."""

from collections.abc import Callable
from typing import Any

import pytest

from opora.kit.errors import Invalid
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.records.undo import undo
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("O14")
Deals = Callable[..., Any]
HTMX = {"HX-Request": "true"}


def contact(user: Any, name: str) -> Any:
    """A contact of a person."""
    return perform("create", kinds["contact"], Act(access(user)), values={"first_name": name}).record


def test_a_person_joins_a_deal_in_a_role_and_both_cards_say_so(
    client: ProjectClient, cast: Cast, deal: Deals
) -> None:
    buyer, payer = contact(cast.manager, "Артём"), contact(cast.manager, "Сария")
    made = deal(cast.manager, "Ротационная печь", contact=str(buyer.id))
    client.sign_in(cast.manager)
    at = f"/deals/{made.id}/people/"
    assert "Решает" in client.get(at, headers=HTMX).content.decode()
    assert client.post(at, {"contact": "", "role": "Платит"}, headers=HTMX).status_code == 422
    refused = client.post(at, {"contact": str(buyer.id), "role": "Платит"}, headers=HTMX)
    assert refused.status_code == 422
    assert 'value="Платит"' in refused.content.decode()
    assert client.post(at, {"contact": str(payer.id), "role": "Платит"}, headers=HTMX).status_code == 204
    card = client.get(f"/deals/{made.id}/").content.decode()
    assert card.index("Артём") < card.index("Сария")
    assert "Платит" in card
    theirs = client.get(f"/contacts/{payer.id}/").content.decode()
    assert "Ротационная печь" in theirs
    assert "Платит" in theirs
    assert client.post(f"{at}out/", {"contact": str(payer.id)}, headers=HTMX).status_code == 204
    assert client.post(f"{at}out/", {"contact": str(payer.id)}, headers=HTMX).status_code == 404
    assert "Ротационная печь" not in client.get(f"/contacts/{payer.id}/").content.decode()


@pytest.mark.req("R2.04")
def test_an_unseen_person_is_counted_not_named_and_can_not_be_added(
    client: ProjectClient, cast: Cast, deal: Deals
) -> None:
    secret = contact(cast.stranger, "Тайный")
    made = deal(cast.manager)
    with pytest.raises(Invalid):
        perform("involve", kinds["deal"], Act(access(cast.manager)), [made.id], contact=str(secret.id))
    perform("involve", kinds["deal"], Act(access(cast.director)), [made.id], contact=str(secret.id))
    page = client.sign_in(cast.manager).get(f"/deals/{made.id}/").content.decode()
    assert "Тайный" not in page
    assert "не открыт" in page
    assert "Тайный" in client.sign_in(cast.director).get(f"/deals/{made.id}/").content.decode()


def test_undo_takes_a_person_out_again(cast: Cast, deal: Deals) -> None:
    made, friend = deal(cast.manager), contact(cast.manager, "Ринат")
    act = Act(access(cast.manager))
    done = perform("involve", kinds["deal"], act, [made.id], contact=str(friend.id), role="Советует")
    made.refresh_from_db()
    assert made.people == [{"contact": str(friend.id), "role": "Советует"}]
    undo(Act(access(cast.manager)), done.undo_id)
    made.refresh_from_db()
    assert made.people == []
