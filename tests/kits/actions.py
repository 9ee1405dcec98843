"""What every kind's verbs promise: nothing is written when they refuse, everything is told when they are done."""

from typing import Any, ClassVar

import pytest

from opora.kit.errors import Conflict, Forbidden, NotFound
from opora.people.models import User
from opora.records import definitions, sight
from opora.records.actions import perform
from opora.records.kinds import Kind, kinds
from opora.records.operations import Act
from opora.records.undo import undo
from opora.timeline.models import Event, Operation
from tests.people import Cast, access


class ActionKit:
    """Inherit, name the kind, the values of a new record and one change of it."""

    kind_name: ClassVar[str]
    values: ClassVar[dict[str, Any]]
    change: ClassVar[dict[str, Any]]
    other_change: ClassVar[dict[str, Any]]

    @property
    def kind(self) -> Kind:
        return kinds[self.kind_name]

    def make(self, owner: User) -> Any:
        """One private record of the owner."""
        made = perform("create", self.kind, Act(access(owner)), values=self.values).record
        self.kind.model._default_manager.filter(pk=made.id).update(access="none")
        made.refresh_from_db()
        return made

    def shown(self, record: Any) -> str:
        """What the changed field holds."""
        fields = definitions.current().fields(self.kind_name)
        fresh = self.kind.model._default_manager.get(pk=record.id)
        return " ".join(str(fields[name].get(fresh)) for name in self.change)

    def state(self) -> Any:
        """All that an action of this kind could have written."""
        rows = self.kind.model._default_manager.order_by("pk").values_list()
        return list(rows), Event.objects.count(), Operation.objects.count()

    @pytest.mark.req("R1.03", "R2.02")
    def test_a_refused_change_leaves_the_database_as_it_was(self, cast: Cast) -> None:
        record = self.make(cast.manager)
        before = self.state()
        for verb, sent in (
            ("edit", {"values": self.change}),
            ("hand_over", {"to": cast.stranger.id}),
            ("trash", {}),
        ):
            with pytest.raises(NotFound):
                perform(verb, self.kind, Act(access(cast.stranger)), [record.id], **sent)
        with pytest.raises(NotFound):
            perform("edit", self.kind, Act(access(cast.director)), [record.id, 17], values=self.change)
        assert self.state() == before

    @pytest.mark.req("R12.01")
    def test_a_stale_version_is_refused_and_names_what_stands(self, cast: Cast) -> None:
        record = self.make(cast.manager)
        perform(
            "edit",
            self.kind,
            Act(access(cast.manager)),
            [record.id],
            versions={record.id: 1},
            values=self.change,
        )
        before = self.state()
        with pytest.raises(Conflict) as refusal:
            perform(
                "edit",
                self.kind,
                Act(access(cast.manager)),
                [record.id],
                versions={record.id: 1},
                values=self.change,
            )
        assert refusal.value.current
        assert self.state() == before

    @pytest.mark.req("T16", "R16.03")
    def test_every_change_leaves_one_event_with_old_and_new(self, cast: Cast) -> None:
        record = self.make(cast.manager)
        perform("edit", self.kind, Act(access(cast.manager)), [record.id], values=self.change)
        event = Event.objects.filter(subject_id=record.id).order_by("-id").first()
        assert event is not None
        assert (event.name, event.actor_id, event.subject_version) == (
            f"{self.kind_name}.changed",
            cast.manager.id,
            2,
        )
        assert event.changes

    def test_undo_puts_an_edit_and_a_trashing_back(self, cast: Cast) -> None:
        record = self.make(cast.director)
        before = self.shown(record)
        done = perform("edit", self.kind, Act(access(cast.director)), [record.id], values=self.change)
        assert self.shown(record) != before
        undo(Act(access(cast.director)), done.undo_id)
        assert self.shown(record) == before
        gone = perform("trash", self.kind, Act(access(cast.director)), [record.id])
        assert not sight.visible(access(cast.director), self.kind).filter(pk=record.id).exists()
        undo(Act(access(cast.director)), gone.undo_id)
        assert sight.visible(access(cast.director), self.kind).filter(pk=record.id).exists()

    def test_undo_after_someone_elses_change_is_refused_and_changes_nothing(self, cast: Cast) -> None:
        record = self.make(cast.manager)
        done = perform("edit", self.kind, Act(access(cast.manager)), [record.id], values=self.change)
        perform("edit", self.kind, Act(access(cast.head)), [record.id], values=self.other_change)
        before = self.state()
        with pytest.raises(Conflict):
            undo(Act(access(cast.manager)), done.undo_id)
        assert self.state() == before

    @pytest.mark.req("R4.07")
    def test_handing_over_may_take_the_record_out_of_ones_own_sight(self, cast: Cast) -> None:
        record = self.make(cast.manager)
        perform("hand_over", self.kind, Act(access(cast.manager)), [record.id], to=cast.stranger.id)
        with pytest.raises(NotFound):
            sight.get_visible(access(cast.manager), self.kind, record.id)
        assert sight.get_visible(access(cast.stranger), self.kind, record.id)

    @pytest.mark.req("N11")
    def test_taking_is_atomic_the_second_is_told(self, cast: Cast) -> None:
        record = self.make(cast.manager)
        self.kind.model._default_manager.filter(pk=record.id).update(responsible_id=None)
        perform("take", self.kind, Act(access(cast.stranger)), [record.id])
        with pytest.raises((Conflict, NotFound, Forbidden)):
            perform("take", self.kind, Act(access(cast.manager)), [record.id])
        record.refresh_from_db()
        assert record.responsible_id == cast.stranger.id
