"""Reading records: who sees which, one by one, by many, through others, and what a key narrows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opora.contacts.models import Contact
from opora.deals.models import Deal
from opora.kit.errors import Forbidden, NotFound
from opora.notes.models import Note
from opora.people.access import Access
from opora.people.models import Role, Share, User
from opora.people.scopes import Scope, uniform
from opora.records import sight
from opora.records.kinds import kinds
from opora.timeline.events import Ref
from tests.people import Cast, access

pytestmark = pytest.mark.req("R2.01", "R4.01")
CONTACT, DEAL, NOTE = kinds["contact"], kinds["deal"], kinds["note"]


def contact(owner: User | None, title: str = "К", **more: Any) -> Contact:
    now = timezone.now()
    return Contact.objects.create(
        title=title, responsible=owner, access="none", created_at=now, updated_at=now, **more
    )


def deal(owner: User, about: Contact | None = None, **more: Any) -> Deal:
    now = timezone.now()
    return Deal.objects.create(
        title="С", responsible=owner, contact=about, access="none", created_at=now, updated_at=now, **more
    )


def note(about: Any, by: User) -> Note:
    now = timezone.now()
    kind = "deal" if isinstance(about, Deal) else "contact"
    return Note.objects.create(
        title="З",
        text="З",
        about_kind=kind,
        about_id=about.id,
        created_by_id=by.id,
        created_at=now,
        updated_at=now,
    )


def share(record: Any, whom: User, level: str = "read") -> None:
    Share.objects.create(
        kind=type(record).kind_name,
        record_id=record.id,
        principal_type="user",
        principal=whom.pk,
        level=level,
    )


def with_scopes(user: User, *switches: str, **scopes: Scope) -> Access:
    role = Role.objects.create(name="особая", scopes=uniform(Scope.NONE, **scopes), switches=list(switches))
    User.objects.filter(pk=user.pk).update(role=role)
    return access(user)


def seen(viewer: Access, kind: Any, verb: str = "see") -> set[int]:
    return set(sight.visible(viewer, kind, verb).values_list("pk", flat=True))


def test_a_list_leaves_out_the_trash_or_shows_it_alone_or_takes_both(cast: Cast) -> None:
    here, gone = contact(cast.manager), contact(cast.manager, trashed_at=timezone.now())
    viewer = access(cast.manager)
    found = {way: set(sight.visible(viewer, CONTACT, trashed=way)) for way in (False, True, None)}
    assert found == {False: {here}, True: {gone}, None: {here, gone}}
    assert seen(viewer, CONTACT) == {here.id}
    assert seen(viewer, CONTACT, "export") == set()


def test_one_record_is_found_by_its_link_also_in_the_trash(cast: Cast) -> None:
    viewer = access(cast.manager)
    for record in (contact(cast.colleague), contact(cast.colleague, trashed_at=timezone.now())):
        assert sight.get_visible(viewer, CONTACT, record.id) == record
        assert sight.get_visible(viewer, CONTACT, str(record.id), "see") == record
        with pytest.raises(Forbidden) as refused:
            sight.get_visible(viewer, CONTACT, record.id, "edit")
        assert refused.value.action == "edit"
    mine = contact(cast.manager, trashed_at=timezone.now())
    assert sight.get_visible(viewer, CONTACT, mine.id, "edit") == mine
    for absent in (contact(cast.stranger).id, 1, "слон"):
        with pytest.raises(NotFound):
            sight.get_visible(viewer, CONTACT, absent)
        with pytest.raises(NotFound):
            sight.get_visible(viewer, CONTACT, absent, "edit")


@pytest.mark.req("N11")
def test_who_takes_new_records_finds_one_to_take_it(cast: Cast) -> None:
    new, taken = contact(None), contact(cast.stranger)
    editor = with_scopes(cast.manager, "triage", see=Scope.OWN)
    assert sight.get_visible(editor, CONTACT, new.id, "take") == new
    with pytest.raises(NotFound):
        sight.get_visible(editor, CONTACT, taken.id, "take")
    with pytest.raises(NotFound):
        sight.get_visible(with_scopes(cast.colleague, see=Scope.OWN), CONTACT, new.id, "take")
    with pytest.raises(Forbidden):
        sight.get_visible(access(cast.director), CONTACT, taken.id, "take")


def test_a_note_is_read_with_its_card_and_changed_by_its_author(cast: Cast) -> None:
    on_team, on_own = note(contact(cast.colleague), cast.colleague), note(contact(cast.manager), cast.manager)
    on_deal, closed = note(deal(cast.manager), cast.head), note(contact(cast.stranger), cast.manager)
    viewer, director = access(cast.manager), access(cast.director)
    assert seen(viewer, NOTE) == seen(viewer, NOTE, "create") == {on_team.id, on_own.id, on_deal.id}
    assert seen(viewer, NOTE, "edit") == seen(viewer, NOTE, "delete") == {on_own.id}
    assert seen(director, NOTE, "edit") == {on_team.id, on_own.id, on_deal.id, closed.id}
    assert sight.get_visible(viewer, NOTE, on_team.id) == on_team
    assert sight.get_visible(viewer, NOTE, on_own.id, "edit") == on_own
    with pytest.raises(Forbidden):
        sight.get_visible(viewer, NOTE, on_team.id, "edit")
    with pytest.raises(NotFound):
        sight.get_visible(viewer, NOTE, closed.id)


def test_a_note_is_not_read_by_a_card_of_another_kind_with_the_same_id(cast: Cast) -> None:
    mine = contact(cast.manager)
    theirs = deal(cast.stranger, id=mine.id)
    assert seen(access(cast.manager), NOTE) == set()
    hidden, shown = note(theirs, cast.stranger), note(mine, cast.stranger)
    assert seen(access(cast.manager), NOTE) == {shown.id}
    assert seen(access(cast.stranger), NOTE) == {hidden.id}


@pytest.mark.req("R6.09")
def test_a_key_reads_and_changes_notes_only_as_it_may(cast: Cast) -> None:
    own = note(contact(cast.manager), cast.manager)
    read, write = (access(cast.manager).narrowed([scope]) for scope in ("read", "write"))
    assert [seen(read, NOTE), seen(read, NOTE, "edit")] == [{own.id}, set()]
    assert [seen(write, NOTE), seen(write, NOTE, "edit")] == [{own.id}, {own.id}]


def test_the_newest_visible_records_that_name_another(cast: Cast) -> None:
    about, other = contact(cast.manager), contact(cast.manager)
    old, new = deal(cast.manager, about, stamp=1), deal(cast.colleague, about, stamp=3)
    middle = deal(cast.manager, about, stamp=2)
    deal(cast.manager, about, stamp=9, trashed_at=timezone.now())
    deal(cast.stranger, about, stamp=8)
    elsewhere = deal(cast.manager, other, stamp=7)
    viewer = access(cast.manager)
    assert sight.pointing(viewer, DEAL, "contact_id", about.id, 9) == [new, middle, old]
    assert sight.pointing(viewer, DEAL, "contact_id", about.id, 2) == [new, middle]
    assert sight.pointing(viewer, DEAL, "contact_id", other.id, 2) == [elsewhere]
    assert sight.pointing(viewer, DEAL, "id", old.id, 2) == [old]


Asks = Callable[[Access, list[Any]], set[int]]


@pytest.mark.parametrize("number", [0, 3, 30, 80, 120])
def test_of_many_records_those_are_told_that_are_seen(cast: Cast, number: int) -> None:
    """Ten, fifty, a hundred have SQL of their own, more than that is asked anew."""
    team = [contact(cast.colleague, f"Т{n}") for n in range(number)]
    closed = [contact(cast.stranger, f"Ч{n}") for n in range(3)]
    shared = contact(cast.stranger, "Общий", trashed_at=timezone.now())
    share(shared, cast.manager)
    viewer, both = access(cast.manager), [*team, *closed, shared]
    refs = [Ref("contact", record.id) for record in both]
    visible = {record.id: record.title for record in [*team, shared]}
    assert sight.visible_ids(viewer, CONTACT, [record.id for record in both]) == set(visible)
    assert sight.titles(viewer, refs) == {Ref("contact", n): title for n, title in visible.items()}
    assert sight.visible_refs(viewer, refs) == {Ref("contact", n) for n in visible}
    assert sight.reached(viewer, CONTACT, "see", both) == set(visible)
    assert sight.reached(viewer, CONTACT, "edit", both) == set()


def test_what_a_verb_reaches_of_loaded_records(cast: Cast) -> None:
    own, team, closed, written = (
        contact(cast.manager),
        contact(cast.colleague),
        contact(cast.stranger),
        contact(cast.stranger),
    )
    share(closed, cast.manager)
    share(written, cast.manager, "write")
    viewer, records = access(cast.manager), [own, team, closed, written]
    assert sight.reached(viewer, CONTACT, "see", records) == {r.id for r in records}
    assert sight.reached(viewer, CONTACT, "edit", records) == {own.id, written.id}
    assert sight.reached(viewer, CONTACT, "delete", records) == {own.id}
    notes = [note(team, cast.manager), note(team, cast.colleague), note(own, cast.manager)]
    note(contact(cast.stranger), cast.manager)
    assert sight.reached(viewer, NOTE, "edit", notes) == {notes[0].id, notes[2].id}
    assert sight.reached(viewer, NOTE, "see", notes) == {n.id for n in notes}


def test_what_own_columns_decide_costs_no_query(cast: Cast) -> None:
    records, viewer = [contact(cast.manager), contact(cast.colleague)], access(cast.manager)
    with CaptureQueriesContext(connection) as asked:
        assert sight.reached(viewer, CONTACT, "delete", records) == {records[0].id}
        assert sight.reached(viewer, CONTACT, "see", records) == {r.id for r in records}
        assert sight.titles(viewer, []) == {}
    assert not asked.captured_queries


def test_refs_of_several_kinds_are_told_apart(cast: Cast) -> None:
    mine, theirs = contact(cast.manager, "Мой"), deal(cast.stranger)
    same = deal(cast.manager, id=theirs.id + 1)
    viewer = access(cast.manager)
    refs = {Ref("contact", mine.id), Ref("deal", theirs.id), Ref("deal", same.id), Ref("нет", 1)}
    assert sight.visible_refs(viewer, refs) == {Ref("contact", mine.id), Ref("deal", same.id)}
    assert sight.titles(viewer, refs) == {Ref("contact", mine.id): "Мой", Ref("deal", same.id): "С"}
    found = {ref: sight.find(viewer, ref) for ref in refs}
    assert found == {
        Ref("contact", mine.id): mine,
        Ref("deal", same.id): same,
        Ref("deal", theirs.id): None,
        Ref("нет", 1): None,
    }
    assert sight.find(viewer, None) is None
    trashed = contact(cast.manager, trashed_at=timezone.now())
    assert sight.find(viewer, Ref("contact", trashed.id)) == trashed
