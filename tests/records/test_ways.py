"""The way of looking is chosen by what a person sees, and the databases go the way that was meant."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opora.people import rights
from opora.people.access import Access
from opora.people.models import Share
from opora.people.rules import All, Everyone, OwnerIn, Rule, SharedWith, any_of
from opora.people.scopes import Scope
from opora.records import definitions, indexes, listing, ways
from opora.records.actions import perform
from opora.records.fields.types import Asker
from opora.records.kinds import kinds
from opora.records.models import OwnField, Section
from opora.records.operations import Act
from opora.records.ways import ALL, COLLECT, MERGE, WALK, Reach
from tests.people import Cast, access

KIND, PAGE = kinds["contact"], 51
OPEN = Everyone(frozenset({"read", "write"}))
pytestmark = pytest.mark.req("R17.02")


def people(number: int) -> Rule:
    """The rule of somebody who sees the records of so many."""
    return any_of([OwnerIn(frozenset(range(number)), Scope.GROUP), OPEN])


@pytest.mark.parametrize(
    ("owners", "reach", "sqlite", "postgresql"),
    [
        (1, Reach(17_000, 1_000_000, recent=0.017), MERGE, MERGE),
        (1, Reach(2_000, 1_000_000, recent=0.002), MERGE, MERGE),
        (10, Reach(52_000, 1_000_000, recent=0.05), MERGE, WALK),
        # Long untouched: a walk would read all that is newer.
        (10, Reach(22_000, 1_000_000, recent=0.0), MERGE, MERGE),
        (100, Reach(102_000, 1_000_000, recent=0.1), WALK, WALK),
        (100, Reach(3_000, 1_000_000, recent=0.003), MERGE, MERGE),
        (1000, Reach(600_000, 1_000_000, recent=0.6), WALK, WALK),
        (1000, Reach(11_500, 1_000_000, recent=0.0115), WALK, WALK),
        (1000, Reach(2_000, 1_000_000, recent=0.0), COLLECT, MERGE),
    ],
)
def test_the_newest_are_looked_for_in_the_cheapest_way(
    owners: int, reach: Reach, sqlite: str, postgresql: str, project: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "estimate", lambda kind, rule: reach)
    wanted = sqlite if connection.vendor == "sqlite" else postgresql
    assert ways.of_newest(KIND, people(owners), PAGE) == wanted
    assert ways.of_newest(KIND, All(), PAGE) == ALL


@pytest.mark.parametrize(
    ("reach", "way"),
    [
        (Reach(17_000, 1_000_000), WALK),
        (Reach(500, 1_000_000), COLLECT),
        (Reach(500, 1_000_000, shared=4_500), WALK),
        (Reach(0, 1_000_000), COLLECT),
    ],
)
def test_in_another_order_few_are_collected_and_many_are_walked(
    reach: Reach, way: str, project: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "estimate", lambda kind, rule: reach)
    assert ways.of_order(KIND, people(10), PAGE) == way


def made(cast: Cast, number: int = 12) -> list[Any]:
    """Contacts of the manager, every third open to everyone."""
    act = Act(access(cast.director), is_trusted=True)
    drafts = [{"first_name": f"К{n}", "responsible": cast.manager.id} for n in range(number)]
    found = [perform("create", KIND, act, values=draft).record for draft in drafts]
    KIND.model._default_manager.filter(pk__in=[one.pk for one in found[::3]]).update(access="read")
    return found


def test_what_is_reckoned_with_is_counted_in_one_statement(cast: Cast) -> None:
    first = made(cast)[0]
    Share.objects.create(kind="contact", record_id=first.id, principal=7, level="read", stamp=first.stamp)
    ways._estimates.clear()
    owners = OwnerIn(frozenset({cast.manager.id}), Scope.OWN)
    rule = any_of([owners, SharedWith("contact", frozenset({7}), frozenset({"read"}))])
    with CaptureQueriesContext(connection) as asked:
        assert ways.estimate(KIND, rule) == Reach(seen=12, total=12, shared=1, recent=1.0)
        assert ways.estimate(KIND, OwnerIn(frozenset({cast.stranger.id}), Scope.OWN)).recent == 0
        ways.estimate(KIND, rule)
    assert len(asked) == 2


def plan(reader: Access, sort: str) -> str:
    """How the database goes about a first page."""
    fields = definitions.current().fields("contact")
    asker = Asker(None, date(2026, 11, 22), ZoneInfo("UTC"))
    ways.estimate(KIND, rights.compiled(reader, "contact"))
    with CaptureQueriesContext(connection) as asked:
        listing.page(reader, KIND, fields, listing.Asked(sort=sort), asker)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + asked[0]["sql"])
        return "\n".join(str(row[3]) for row in cursor.fetchall())


@pytest.fixture
def sqlite_alone() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a table of few rows whole, whatever indexes it has")


def test_sqlite_merges_the_newest_of_each_as_it_goes(
    cast: Cast, sqlite_alone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(cast)
    monkeypatch.setattr(ways, "of_newest", lambda *asked: MERGE)
    steps = plan(access(cast.manager), "-stamp")
    assert "MERGE (UNION)" in steps
    assert "COVERING INDEX contact_of (responsible_id=?)" in steps
    assert "COVERING INDEX contact_open (access=?)" in steps
    assert steps.count("USE TEMP B-TREE FOR ORDER BY") == 1  # the page itself, of whole records


def test_sqlite_walks_an_order_from_the_first_record_with_a_value(
    cast: Cast, sqlite_alone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = Section.objects.create(kind="contact", name="Своё")
    own = OwnField.objects.create(
        kind="contact", section=section, type="text", label="Цвет", is_filterable=True, is_sortable=True
    )
    definitions.changed()
    indexes.reconcile()
    made(cast)
    monkeypatch.setattr(ways, "of_order", lambda *asked: WALK)
    for sort, index in (("next_step_at", "contact_next"), (own.name, f"own_contact_{own.name}_s")):
        steps = plan(access(cast.manager), sort)
        assert f"USING COVERING INDEX {index} (" in steps, steps
