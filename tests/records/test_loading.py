"""What is loaded set-wise is the same as what actions would have made."""

from datetime import timedelta
from typing import Any

import pytest

from opora.deals.models import Deal
from opora.kit.dates import now
from opora.kit.ids import new_id
from opora.kit.money import Money
from opora.records import definitions, sight, totals
from opora.records.actions import perform
from opora.records.conditions import read_all, where
from opora.records.fields.types import Asker
from opora.records.kinds import kinds
from opora.records.loading import load
from opora.records.models import (
    FieldKey,
    OwnerTotal,
    OwnField,
    Process,
    SearchRow,
    Section,
    Stage,
    StageTotal,
)
from opora.records.operations import Act
from opora.records.preferences import Preferences
from opora.records.search import search
from opora.timeline.models import Event
from tests.people import Cast, access

pytestmark = pytest.mark.req("U01", "R12.05")
NAMES = ("Пекарня «Хлебница»", "Кофейня «Зёрна»", "Ёлки и кофе")


@pytest.fixture
def definitions_made(project: object) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for kind in ("contact", "deal"):
        process = Process.objects.create(kind=kind, name="Продажи")
        made[kind] = Stage.objects.create(process=process, name="Новая", group="new")
    section = Section.objects.create(kind="contact", name="Цех")
    made["area"] = OwnField.objects.create(
        kind="contact", section=section, type="number", label="Площадь"
    ).name
    definitions.changed()
    return made


def values_of(made: dict[str, Any], number: int, owner: int) -> dict[str, Any]:
    return {
        "type": "company",
        "company_name": NAMES[number],
        "phones": f"+7843000{number:04d}, +7917000{number:04d}",
        "emails": f"zakaz{number}@hlebnica.example",
        "city": "Казань",
        made["area"]: str(64 + number),
        "responsible": owner,
    }


def by_actions(made: dict[str, Any], cast: Cast) -> None:
    act = Act(access(cast.director), is_trusted=True)
    for number in range(len(NAMES)):
        contact = perform(
            "create", kinds["contact"], act, values=values_of(made, number, cast.manager.id)
        ).record
        sold = {"title": "Печь", "contact": contact.id, "responsible": cast.manager.id}
        perform("create", kinds["deal"], act, values=sold | {"amount": f"{number + 1} 000"})


def by_loading(made: dict[str, Any], cast: Cast) -> None:
    fields = definitions.current().fields("contact")
    contacts = []
    for number in range(len(NAMES)):
        contact = kinds["contact"].model(stage_id=made["contact"].id)
        for name, raw in values_of(made, number, cast.manager.id).items():
            fields[name].set(contact, fields[name].type.parse(raw, fields[name]))
        contacts.append(contact)
    load(kinds["contact"], contacts, by=cast.director.id)
    amount = definitions.current().fields("deal")["amount"]
    deals = []
    for number, contact in enumerate(contacts):
        deal = Deal(title="Печь", contact=contact, stage_id=made["deal"].id, responsible=cast.manager)
        amount.set(deal, Money(amount.type.parse(f"{number + 1} 000", amount).amount, "RUB"))
        deals.append(deal)
    load(kinds["deal"], deals, by=cast.director.id)


def picture(cast: Cast) -> dict[str, Any]:
    """Everything that is derived, without ids and moments."""
    titles = {r.id: r.title for kind in ("contact", "deal") for r in kinds[kind].model.objects.all()}
    return {
        "search": sorted(SearchRow.objects.values_list("kind", "text", "start", "phones")),
        "keys": sorted((k.kind, k.field, k.key, titles[k.record_id]) for k in FieldKey.objects.all()),
        "columns": sorted(
            kinds["contact"].model.objects.values_list("title", "title_key", "city_key", "keys__isnull")
        ),
        "own keys": sorted(
            str(keys) for keys in kinds["contact"].model.objects.values_list("keys", flat=True)
        ),
        "stages": sorted(
            StageTotal.objects.filter(number__gt=0).values_list(
                "kind", "stage__name", "responsible_id", "access", "currency", "number", "amount"
            )
        ),
        "owners": sorted(OwnerTotal.objects.values_list("kind", "responsible_id", "access", "number")),
    }


def wipe() -> None:
    for model in (
        kinds["deal"].model,
        kinds["contact"].model,
        SearchRow,
        FieldKey,
        StageTotal,
        OwnerTotal,
    ):
        model.objects.all().delete()


def test_loaded_records_have_the_same_keys_search_rows_and_sums(
    cast: Cast, definitions_made: dict[str, Any]
) -> None:
    by_actions(definitions_made, cast)
    acted = picture(cast)
    wipe()
    before = Event.objects.count()
    by_loading(definitions_made, cast)
    assert picture(cast) == acted
    assert Event.objects.count() == before


def test_loaded_records_are_found_filtered_and_seen(cast: Cast, definitions_made: dict[str, Any]) -> None:
    by_loading(definitions_made, cast)
    manager = access(cast.manager)
    assert [hit.record.title for hit in search(manager, "елки")] == ["Ёлки и кофе"]
    assert search(manager, "0002")
    assert search(access(cast.stranger), "елки") == []
    fields = definitions.current().fields("contact")
    asker = Asker(cast.manager.id, now().date(), Preferences().zone)
    asked = where(read_all([f"{definitions_made['area']}.gt:65"]), fields, asker)
    assert [c.title for c in sight.visible(manager, kinds["contact"]).filter(asked)] == [NAMES[2]]
    seen = totals.of_stages(manager, kinds["deal"], [definitions_made["deal"].id])
    assert seen[definitions_made["deal"].id].amounts["RUB"] == 6000


def test_a_loaded_record_is_changed_by_actions_like_any_other(
    cast: Cast, definitions_made: dict[str, Any]
) -> None:
    by_loading(definitions_made, cast)
    deal = Deal.objects.order_by("amount").last()
    assert deal is not None
    perform("trash", kinds["deal"], Act(access(cast.director)), [deal.id])
    seen = totals.of_stages(access(cast.director), kinds["deal"], [definitions_made["deal"].id])
    assert seen[definitions_made["deal"].id].amounts["RUB"] == 3000


@pytest.mark.req("R3.04")
def test_ten_thousand_ids_of_one_moment_are_all_different() -> None:
    moment = now()
    assert len({new_id(moment) for _ in range(10_000)}) == 10_000
    assert len({new_id() for _ in range(10_000)}) == 10_000


def test_the_ids_of_one_moment_of_a_long_job_differ_though_others_are_given_between() -> None:
    moment, later = now(), [now() + timedelta(seconds=second) for second in range(20)]
    ids = set()
    for _ in range(10_000):
        ids.add(new_id(moment))
        for at in later:
            new_id(at)
    assert len(ids) == 10_000
