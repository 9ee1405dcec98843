"""A person may turn out to be a company, and the other way round (O01)."""

import pytest

from opora.kit.errors import Invalid
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.records.undo import undo
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.contacts.conftest import new, text_of
from tests.people import Cast, access

pytestmark = pytest.mark.req("O01")


def test_a_person_becomes_a_company_and_is_brought_back(cast: Cast, client: ProjectClient) -> None:
    firm = new(cast.manager, type="company", company_name="Хлебница")
    contact = new(cast.manager, first_name="Общий", last_name="Стол", company=str(firm.id))
    client.sign_in(cast.manager)
    assert f"/contacts/{contact.id}/type/" in text_of(client.get(f"/contacts/{contact.id}/"))
    assert client.post(f"/contacts/{contact.id}/type/", {"type": "company"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.type, contact.title, contact.company_id) == ("company", "Общий Стол", None)
    undo(Act(access(cast.manager)), Event.objects.latest("id").operation_id)
    contact.refresh_from_db()
    assert (contact.type, contact.title, contact.company_id) == ("person", "Общий Стол", firm.id)


def test_a_company_becomes_a_person_unless_people_belong_to_it(cast: Cast, client: ProjectClient) -> None:
    firm = new(cast.manager, type="company", company_name="ИП Хлебников")
    person = new(cast.manager, company=str(firm.id))
    client.sign_in(cast.manager)
    assert client.post(f"/contacts/{firm.id}/type/", {"type": "person"}).status_code == 422
    perform("edit", kinds["contact"], Act(access(cast.manager)), [person.id], values={"company": ""})
    assert client.post(f"/contacts/{firm.id}/type/", {"type": "person"}).status_code == 302
    firm.refresh_from_db()
    assert (firm.type, firm.title) == ("person", "ИП Хлебников")
    assert "Компания</span>" not in text_of(client.get(f"/contacts/{firm.id}/"))


def test_there_is_no_third_type(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.manager)
    assert (
        client.sign_in(cast.manager).post(f"/contacts/{contact.id}/type/", {"type": "robot"}).status_code
        == 422
    )
    with pytest.raises(Invalid):
        perform("edit", kinds["contact"], Act(access(cast.manager)), [contact.id], values={"type": "robot"})


def test_who_may_not_edit_may_not_change_the_type(cast: Cast, client: ProjectClient) -> None:
    contact = new(cast.manager)
    assert (
        client.sign_in(cast.colleague).post(f"/contacts/{contact.id}/type/", {"type": "company"}).status_code
        == 403
    )
    assert (
        client.sign_in(cast.stranger).post(f"/contacts/{contact.id}/type/", {"type": "company"}).status_code
        == 404
    )
