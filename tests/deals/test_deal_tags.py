"""Tags of deals: put on from the card or many at once, filtered by, shown on the board and in the API's words."""

from collections.abc import Callable
from typing import Any

import pytest

from opora.deals.models import Deal
from opora.records import definitions, lists
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("O14", "O04")
Deals = Callable[..., Any]


def names_of(deal: Any) -> str:
    field = definitions.current().fields("deal")["tags"]
    return field.type.show(Deal.objects.get(pk=deal.pk).tags or [], field)


def test_deals_wear_tags_of_their_own_list(client: ProjectClient, cast: Cast, deal: Deals) -> None:
    lists.add(access(cast.director), "contact", "tags", {"name": "Пекарня", "color": "teal"})
    urgent = lists.add(access(cast.director), "deal", "tags", {"name": "Срочно", "color": "red"})
    oven, mixer = deal(cast.manager, "Печь"), deal(cast.manager, "Тестомес")
    client.sign_in(cast.manager)
    assert (
        client.post(f"/deals/{oven.id}/tags/", {"add": "срочно, Пекарня, Тендер, Летом"}).status_code == 302
    )
    assert names_of(oven) == "Срочно, Пекарня, Тендер, Летом"
    board = client.get("/deals/").content.decode()
    card = board.split(f'id="card-{oven.id}"')[1].split("</article>")[0]
    assert ["Срочно" in card, "Тендер" in card, "Летом" in card, "+1" in card] == [True, True, False, True]
    sent = {"verb": "tag", "add": "Тендер", "drop": "Срочно", "ids": [str(oven.id), str(mixer.id)]}
    assert client.post("/deals/bulk/", sent).status_code == 302
    assert [names_of(oven), names_of(mixer)] == ["Пекарня, Тендер, Летом", "Тендер"]
    tender = next(c.id for c in definitions.current().fields("deal")["tags"].choices if c.label == "Тендер")
    for look in ("/deals/", "/deals/list/"):
        page = client.get(look, {"f": f"tags.any:{tender}"}).content.decode()
        assert "Печь" in page
        assert "Печь" not in client.get(look, {"f": f"tags.any:{urgent.id}"}).content.decode()
