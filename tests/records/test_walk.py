"""Every way of looking finds the same rows as the one question does, in the same order."""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Q
from django.utils import timezone

from opora.people.models import Share
from opora.people.rules import All, Rule
from opora.records import definitions, listing, sight, totals, walk, ways
from opora.records.actions import perform
from opora.records.fields.types import Asker
from opora.records.kinds import kinds
from opora.records.models import OwnerTotal
from opora.records.operations import Act
from tests.people import Cast, access

KIND = kinds["contact"]


@pytest.fixture
def many(cast: Cast) -> list[Any]:
    """Three hundred contacts: of everybody and nobody, some open, some shared by name, some in the trash."""
    dice = random.Random(7)
    people = cast.all()
    act = Act(access(cast.director), is_trusted=True)
    made = [
        perform(
            "create", KIND, act, values={"first_name": f"К{i}", "responsible": dice.choice(people).id}
        ).record
        for i in range(300)
    ]
    for record in made:
        change = {"access": dice.choice(["", "", "", "none", "read", "write"])}
        if dice.random() < 0.1:
            change["responsible_id"] = None  # type: ignore[assignment]
        KIND.model._default_manager.filter(pk=record.id).update(**change)
    for record in dice.sample(made, 40):
        who = dice.choice(people)
        Share.objects.create(
            kind="contact", record_id=record.id, principal=who.id, level="read", stamp=record.stamp
        )
    perform("trash", KIND, act, [record.id for record in dice.sample(made, 20)])
    totals.rebuild(KIND)
    return made


def only(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the records of whoever does not see everything be looked for in one way."""

    def chosen(kind: Any, rule: Rule, limit: int) -> str:
        return ways.ALL if isinstance(rule, All) else way

    monkeypatch.setattr(ways, "of_newest", chosen)
    monkeypatch.setattr(ways, "of_order", chosen)


@pytest.mark.req("R2.01")
def test_each_shape_gives_the_rows_of_the_one_question(
    cast: Cast, many: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for way in (ways.WALK, ways.MERGE, ways.COLLECT):
        only(way, monkeypatch)
        check_newest(cast, many[150].stamp)


def check_newest(cast: Cast, middle: int) -> None:
    """Everybody's first page, newest first, as the one question gives it."""
    for narrow in (Q(trashed_at=None), Q(trashed_at=None, stamp__lt=middle), Q(trashed_at__isnull=False)):
        for user in cast.all():
            reader = access(user)
            expected = sight.visible(reader, KIND, trashed=None).filter(narrow).order_by("-stamp", "-pk")[:30]
            found = walk.newest(reader, KIND, narrow, 30)
            assert [r.id for r in found] == [r.id for r in expected], (user.login, narrow)
    for reader in (access(user) for user in cast.all()):
        for trashed in (False, True):
            opened = sight.visible(reader, KIND, trashed=trashed).order_by("-stamp", "-pk")[:30]
            kept = walk.first(reader, KIND, trashed=trashed, limit=30)
            assert [r.id for r in kept] == [r.id for r in opened], (reader.name, trashed)


@pytest.mark.req("R2.01", "R17.02")
def test_every_order_shows_the_same_rows_page_by_page(
    cast: Cast, many: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, record in enumerate(many[::7]):
        moment = timezone.now() + timedelta(days=place % 5)
        KIND.model._default_manager.filter(pk=record.id).update(
            next_step_at=moment, title_key=f"к{place % 9}"
        )
    for way in (ways.WALK, ways.COLLECT):
        only(way, monkeypatch)
        for sort in ("title", "-title", "next_step_at", "-next_step_at", "created_at", "stamp"):
            check_pages(cast, sort, way)


def check_pages(cast: Cast, sort: str, way: str) -> None:
    """The pages of three readers, one after the other, are the rows of the one question in their order."""
    fields, asker = definitions.current().fields("contact"), Asker(None, date(2026, 11, 21), ZoneInfo("UTC"))
    name, sign = sort.removeprefix("-"), -1 if sort.startswith("-") else 1
    column = {"title": "title_key"}.get(name, name)
    for user in (cast.director, cast.manager, cast.stranger):
        reader = access(user)
        rows = sight.visible(reader, KIND).values_list(column, "pk")
        valued = sorted(row for row in rows if row[0] is not None)[::sign]
        expected = [pk for _, pk in valued] + sorted(pk for value, pk in rows if value is None)
        found: list[int] = []
        asked = listing.Asked(sort=sort, limit=40)
        while True:
            page = listing.page(reader, KIND, fields, asked, asker)
            found += [record.id for record in page.records]
            if not page.next:
                break
            asked = replace(asked, after=page.next)
        assert found == expected, (user.login, sort, way)


def test_counters_kept_by_actions_equal_counters_made_anew(cast: Cast) -> None:
    act = Act(access(cast.director), is_trusted=True)
    made = [
        perform(
            "create",
            kinds["deal"],
            act,
            values={"title": f"С{i}", "amount": f"{i}", "responsible": cast.head.id},
        )
        for i in range(6)
    ]
    perform("hand_over", kinds["deal"], act, [made[0].record.id, made[1].record.id], to=cast.manager.id)
    perform("trash", kinds["deal"], act, [made[2].record.id])
    kept = set(OwnerTotal.objects.exclude(number=0).values_list("kind", "responsible_id", "access", "number"))
    totals.rebuild(kinds["deal"])
    assert set(OwnerTotal.objects.values_list("kind", "responsible_id", "access", "number")) == kept
