"""What the questionnaire asks holds on every road: required, once only, filled by the system (U05–U07, R5)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from opora.kit.errors import Invalid
from opora.people.models import Role
from opora.people.switches import FINAL_EDIT
from opora.records import bulk, definitions
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import OwnField
from opora.records.operations import Act
from opora.records.undo import undo
from tests.clients import ProjectClient
from tests.fields.conftest import Editor, Stages, edit, move, new
from tests.people import Cast, access

HTMX = {"HTTP_HX_REQUEST": "true"}


def held(record: Any, field: OwnField) -> Any:
    record.refresh_from_db()
    return definitions.current().fields("contact")[field.name].get(record)


@pytest.mark.req("U07", "R5.04")
def test_numbers_and_dates_are_filled_on_the_first_entry_of_their_stage(
    cast: Cast, stages: Stages, add: Editor
) -> None:
    at = {"fill": "system", "auto_at": str(stages["Разговор"].id)}
    number, sent = add("Номер клиента", "number", **at), add("КП отправлено", "moment", **at)
    day = add("День КП", "date", **at)
    first, second = new(cast.manager), new(cast.manager)
    assert held(first, number) is None
    move(cast.manager, first, stages["Разговор"])
    perform(
        "move", kinds["contact"], Act(access(cast.manager)), [second.id], stage=str(stages["Разговор"].id)
    )
    assert (held(first, number), held(second, number)) == (Decimal(1), Decimal(2))
    assert timezone.now() - held(first, sent) < timedelta(minutes=1)
    zone = definitions.current().preferences.zone
    assert held(first, day) == timezone.localdate(timezone.now(), zone)
    before = held(first, sent)
    move(cast.manager, first, stages["Новый"])
    move(cast.manager, first, stages["Разговор"])
    assert (held(first, number), held(first, sent)) == (Decimal(1), before)


@pytest.mark.req("U07", "R5.04")
def test_a_number_is_never_given_twice_and_never_written_from_outside(
    cast: Cast, client: ProjectClient, stages: Stages, add: Editor
) -> None:
    number = add("Номер", "number", fill="system", auto_at=str(stages["Новый"].id))
    contact = new(cast.manager)
    assert held(contact, number) == Decimal(1)
    perform("trash", kinds["contact"], Act(access(cast.director)), [contact.id])
    assert held(new(cast.manager), number) == Decimal(2)
    other = new(cast.manager)
    with pytest.raises(Invalid) as refusal:
        edit(cast.director, other, **{number.name: "77"})
    assert refusal.value.code == "read_only_field"
    with pytest.raises(Invalid):
        new(cast.manager, **{number.name: "77"})
    client.sign_in(cast.manager)
    answer = client.post(f"/contacts/{other.id}/fields/{number.name}/", {number.name: "77"}, **HTMX)
    assert answer.status_code == 422
    assert held(other, number) == Decimal(3)


@pytest.mark.req("U07", "R5.04")
def test_undoing_a_move_takes_no_number_back(cast: Cast, stages: Stages, add: Editor) -> None:
    number = add("Номер", "number", fill="system", auto_at=str(stages["Разговор"].id))
    contact = new(cast.manager)
    moved = move(cast.manager, contact, stages["Разговор"])
    undo(Act(access(cast.manager)), moved.undo_id)
    contact.refresh_from_db()
    assert (contact.stage_id, held(contact, number)) == (stages["Новый"].id, Decimal(1))


@pytest.mark.req("U06", "R5.03")
def test_a_field_filled_once_is_final_but_for_whoever_has_the_right(
    cast: Cast, stages: Stages, add: Editor
) -> None:
    contract = add("№ договора", fill="once")
    contact = new(cast.manager)
    done = edit(cast.manager, contact, **{contract.name: "ТЦ-118"})
    for value in ("ТЦ-119", "", None):
        with pytest.raises(Invalid) as refusal:
            edit(cast.manager, contact, **{contract.name: value})
        assert refusal.value.code == "field_is_final"
    undo(Act(access(cast.manager)), done.undo_id)
    assert held(contact, contract) == "ТЦ-118"
    result = bulk.Result()
    sent = {"values": {contract.name: "х"}}
    bulk.run("edit", kinds["contact"], Act(access(cast.manager)), [contact.id], sent, result)
    assert (result.changed, result.failed) == (0, 1)
    role = Role.objects.get(pk=cast.manager.role_id)
    role.switches = [*role.switches, FINAL_EDIT.name]
    role.save()
    edit(cast.manager, contact, **{contract.name: "ТЦ-119"})
    assert held(contact, contract) == "ТЦ-119"


@pytest.mark.req("U05", "R5.02")
def test_a_cell_opens_the_missing_fields_beside_it(
    cast: Cast, client: ProjectClient, stages: Stages, add: Editor
) -> None:
    contact = new(cast.manager, city="Казань")
    perform(
        "move", kinds["contact"], Act(access(cast.manager)), [contact.id], stage=str(stages["Договор"].id)
    )
    inn = add("ИНН", required="stage", required_from=str(stages["Договор"].id))
    client.sign_in(cast.manager)
    assert "ИНН" in client.get(f"/contacts/{contact.id}/").content.decode()
    at = f"/contacts/{contact.id}/fields/city/"
    answer = client.post(at, {"city": "Уфа", "_as": "cell", "_shown": "city"}, **HTMX)
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#dialogs")
    assert 'value="Уфа"' in page
    assert f'name="{inn.name}"' in page
    both = {"city": "Уфа", inn.name: "1655000000", "_asked": "1", "_shown": ["city", inn.name]}
    again = client.post(at, both | {inn.name: " "}, **HTMX)
    assert again.status_code == 422
    assert 'value="Уфа"' in again.content.decode()
    assert client.post(at, both, **HTMX).status_code == 204
    contact.refresh_from_db()
    assert (contact.city, held(contact, inn)) == ("Уфа", "1655000000")
    with pytest.raises(Invalid):
        edit(cast.manager, contact, **{inn.name: ""})


@pytest.mark.req("U05", "R5.01", "R5.02")
def test_undo_does_not_empty_a_required_field(cast: Cast, stages: Stages, add: Editor) -> None:
    inn = add("ИНН")
    contact = new(cast.manager)
    filled = edit(cast.manager, contact, **{inn.name: "1655000000"})
    OwnField.objects.filter(pk=inn.pk).update(is_required=True)
    definitions.changed()
    with pytest.raises(Invalid):
        undo(Act(access(cast.manager)), filled.undo_id)
    assert held(contact, inn) == "1655000000"


@pytest.mark.req("U05")
def test_a_required_name_of_a_firm_is_not_asked_of_a_person(cast: Cast, client: ProjectClient) -> None:
    client.sign_in(cast.director)
    sent = {"label": "Название", "required": "always", "is_shown": "1"}
    assert client.post("/settings/fields/contact/company_name/", sent).status_code == 302
    assert new(cast.manager).title == "Артём"
    with pytest.raises(Invalid):
        perform(
            "create",
            kinds["contact"],
            Act(access(cast.manager)),
            values={"type": "company", "phones": "+78430002716"},
        )


@pytest.mark.req("R5.02", "N15")
def test_a_lead_may_come_without_a_required_field_and_is_marked(
    cast: Cast, stages: Stages, add: Editor
) -> None:
    add("ИНН", required="always")
    act = Act(access(cast.manager), is_trusted=True, is_soft=True)
    done = perform("create", kinds["contact"], act, values={"first_name": "Лид"})
    assert done.record.is_incomplete
    with pytest.raises(Invalid):
        move(cast.director, done.record, stages["Разговор"])
