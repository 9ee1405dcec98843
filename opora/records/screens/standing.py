"""What a person may do with one loaded record, and who else reaches it: one look at its shares."""

from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from opora.people import circles, directory, rights
from opora.people.access import Access
from opora.people.directory import Person
from opora.people.rules import SharedRow
from opora.people.scopes import Scope
from opora.people.wider import wider
from opora.records.kinds import Kind
from opora.records.screens.marks import Mark, default_level, marks_of


class Standing:
    """The rights of one person on one record, all from the compiler; the shares are read once."""

    def __init__(self, access: Access, kind: Kind, record: Any) -> None:
        self.access, self.kind, self.record = access, kind, record

    @cached_property
    def shares(self) -> list[SharedRow]:
        """With whom the record is shared."""
        return rights.shares_of(self.kind.name, self.record.id)

    def may(self, verb: str) -> bool:
        """Whether the verb reaches this record."""
        return rights.compiled(self.access, self.kind.name, verb).holds(self.record, self.shares)

    @cached_property
    def may_edit(self) -> bool:
        """Whether the person may change the record; nobody changes what lies in the trash."""
        return not self.record.is_trashed and self.may("edit")

    @cached_property
    def may_delete(self) -> bool:
        """Whether the person may put the record into the trash or take it out."""
        return self.may("delete")

    @cached_property
    def may_take(self) -> bool:
        """Whether nobody is responsible and the person may become it."""
        return self.record.responsible_id is None and not self.record.is_trashed and self.may("take")

    def reached_by(self) -> list[tuple[Person | None, str, str]]:
        """Who reaches the record: the person (None for everyone), a name, and how."""
        lines: list[tuple[Person | None, str, str]] = []
        if owner := directory.person(self.record.responsible_id):
            lines.append((owner, owner.name, _("responsible")))
        groups = self._groups()
        for share in self.shares:
            if name := groups.get(share.principal):
                lines.append((None, name, _("may edit") if share.level == "write" else _("reads")))
            elif person := directory.person(share.principal):
                lines.append((person, person.name, _("may edit") if share.level == "write" else _("reads")))
        if words := self._everyone():
            lines.append((None, _("All users of the CRM"), words))
        return lines

    def _groups(self) -> dict[int, str]:
        """The names of the groups it is shared with; no look where it is shared with nobody."""
        return circles.group_names([share.principal for share in self.shares])

    @cached_property
    def default_level(self) -> str:
        """What everyone may do with a record of this kind that has no level of its own."""
        return default_level(self.access, self.kind)

    @property
    def is_limited(self) -> bool:
        """Whether its kind is open to everyone and this one record is not."""
        return self.record.access == "none" and self.default_level != "none"

    @property
    def mark(self) -> Mark | None:
        """The mark in the head of the card: open to everyone, limited, shared with the reader."""
        return marks_of(self.access, self.kind, [self.record]).get(self.record.id)

    def seen_by_role(self) -> list[tuple[str, str]]:
        """Whose roles reach a limited record all the same (R4.06): the role, and how far it reaches."""
        if not self.is_limited or self.kind.seen_through:
            return []
        return roles_that_see(self.kind, self.record)

    def _everyone(self) -> str:
        """What everyone may do; a record without a level of its own has its kind's."""
        level = self.record.access or self.default_level
        return {"read": _("read"), "write": _("may edit")}.get(level, "")


def roles_that_see(kind: Kind, record: Any) -> list[tuple[str, str]]:
    """The roles that reach a record whatever its sharing says, each with the reach that does; no people (R4.03)."""
    by_scope = {Scope.NONE: _("takes new records")}
    lines = wider(kind.name, record)
    return [(line.role, str(by_scope.get(line.scope, line.scope.label))) for line in lines]
