"""Who sees whose records (R4.01), for lists, single records, counts, search and feeds alike."""

from typing import Any, ClassVar

import pytest

from opora.kit.errors import Forbidden, NotFound
from opora.people.models import Group, GroupMember, Role, Share, User
from opora.people.scopes import Scope, uniform
from opora.records import definitions, sight
from opora.records.feed import feed
from opora.records.fields.types import Asker
from opora.records.kinds import Kind, kinds
from opora.records.listing import Asked, capped_count, matching, page
from opora.records.operations import Act
from opora.records.search import search
from opora.timeline.events import Ref
from tests.people import Cast, access

# viewer: whose records that viewer sees, of the fixed cast (tests/people.py); R4.01, every cell.
SEES = {
    "director": {
        "director",
        "head",
        "manager",
        "colleague",
        "other_head",
        "stranger",
        "assistant",
        "second_assistant",
    },
    "head": {"head", "manager", "colleague"},
    "other_head": {"other_head", "stranger"},
    "manager": {"manager", "colleague"},
    "colleague": {"manager", "colleague"},
    "stranger": {"stranger"},
    "assistant": {"assistant"},
    "second_assistant": {"second_assistant"},
}
WORD = "брусника"


class VisibilityKit:
    """Inherit, name the kind, and say how one record of an owner is made."""

    kind_name: ClassVar[str]
    has_search: ClassVar[bool] = True

    def make(self, owner: User, word: str = WORD) -> Any:
        """One record that `owner` is responsible for, private, with `word` in its title."""
        raise NotImplementedError

    @property
    def kind(self) -> Kind:
        return kinds[self.kind_name]

    def trusted(self, owner: User) -> Act:
        return Act(access(owner), via="system", is_trusted=True)

    @pytest.fixture
    def owned(self, cast: Cast) -> dict[str, Any]:
        """One record of everybody, by the owner's part."""
        return {user.login: self.make(user) for user in cast.all()}

    @pytest.mark.req("R4.01", "I03", "I04", "I05")
    def test_everyone_sees_exactly_the_records_of_the_truth_table(
        self, cast: Cast, owned: dict[str, Any]
    ) -> None:
        ids = {record.id: part for part, record in owned.items()}
        seen = {
            viewer.login: {
                ids[i] for i in sight.visible(access(viewer), self.kind).values_list("id", flat=True)
            }
            for viewer in cast.all()
        }
        assert seen == SEES

    @pytest.mark.req("R4.01", "R2.06")
    def test_counts_lists_search_and_feeds_follow_the_same_table(
        self, cast: Cast, owned: dict[str, Any]
    ) -> None:
        for viewer in cast.all():
            reader, expected = access(viewer), SEES[viewer.login]
            fields = definitions.current().readable(reader, self.kind_name)
            asker = Asker(viewer.id, owned["head"].created_at.date(), None)  # type: ignore[arg-type]
            listed = page(reader, self.kind, fields, Asked(), asker)
            assert {record.responsible_id for record in listed.records} == {
                getattr(cast, p).id for p in expected
            }
            assert capped_count(matching(reader, self.kind, fields, Asked(), asker)) == len(expected)
            if self.has_search:
                assert len(search(reader, WORD, among=[self.kind])) == len(expected)
            for part, record in owned.items():
                rows, __ = feed(reader, Ref(self.kind_name, record.id))
                assert bool(rows) == (part in expected), (viewer.login, part)

    @pytest.mark.req("R1.02", "R2.01")
    def test_one_record_answers_like_the_list_and_unseen_like_absent(
        self, cast: Cast, owned: dict[str, Any]
    ) -> None:
        for viewer in cast.all():
            for part, record in owned.items():
                if part in SEES[viewer.login]:
                    assert sight.get_visible(access(viewer), self.kind, record.id).id == record.id
                else:
                    with pytest.raises(NotFound):
                        sight.get_visible(access(viewer), self.kind, record.id)

    @pytest.mark.req("O07", "R4.06")
    def test_sharing_for_reading_shows_and_never_lets_write(self, cast: Cast, owned: dict[str, Any]) -> None:
        record = owned["other_head"]
        share = Share.objects.create(
            kind=self.kind_name, record_id=record.id, principal=cast.manager.id, level="read"
        )
        assert sight.get_visible(access(cast.manager), self.kind, record.id)
        with pytest.raises(Forbidden):
            sight.get_visible(access(cast.manager), self.kind, record.id, "edit")
        share.delete()
        with pytest.raises(NotFound):
            sight.get_visible(access(cast.manager), self.kind, record.id)

    @pytest.mark.req("N11", "R2.06")
    def test_a_record_of_nobody_is_seen_by_those_who_take_new_ones(self, cast: Cast) -> None:
        record = self.make(cast.manager)
        self.kind.model._default_manager.filter(pk=record.id).update(responsible_id=None)
        assert sight.get_visible(access(cast.stranger), self.kind, record.id)
        role = cast.stranger.role
        role.switches = [s for s in role.switches if s != "triage"]
        role.save()
        with pytest.raises(NotFound):
            sight.get_visible(access(cast.stranger), self.kind, record.id)

    @pytest.mark.req("T06", "T07")
    def test_whoever_leads_a_group_sees_what_its_members_are_responsible_for(self, cast: Cast) -> None:
        record, group = self.make(cast.stranger), Group.objects.create(name="Опт")
        role = Role.objects.create(
            name="Лидер", scopes=uniform(Scope.OWN), leader_scopes=uniform(Scope.NONE, see=Scope.GROUP)
        )
        User.objects.filter(pk=cast.assistant.pk).update(role=role)
        for user in (cast.stranger, cast.assistant):
            GroupMember.objects.create(group=group, user=user)
        with pytest.raises(NotFound):
            sight.get_visible(access(cast.assistant), self.kind, record.id)
        GroupMember.objects.filter(user=cast.assistant).update(is_leader=True)
        assert sight.get_visible(access(cast.assistant), self.kind, record.id)
        with pytest.raises(Forbidden):
            sight.get_visible(access(cast.assistant), self.kind, record.id, "edit")
