"""Sharing a record: with people, groups, everyone; to read or to write (O07, O15, R4.06)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.people.models import Group, GroupMember, Share, User
from opora.people.models.role import ShareLevel
from opora.records import shareletters
from opora.records.actions import action
from opora.records.kinds import Kind
from opora.records.sentences import say
from opora.records.traces import SHARES
from opora.records.work import Work
from opora.timeline import notices
from opora.timeline.notices import Told

CHANGE = SHARES
LEVELS = (ShareLevel.READ.value, ShareLevel.WRITE.value)
EVERYONE = ("", *ShareLevel.values)


@action("share", right="edit", event="shared", label=_("Share"), touches=("access", CHANGE))
def share(
    work: Work, kind: Kind, records: Sequence[Any], *, everyone: str, shares: Mapping[str, str]
) -> None:
    """Say who reaches a record besides those whom a role lets: `everyone` is "" for the kind's default.

    `shares` maps the id of a person or a group to "read" or "write"; whoever is not named is taken off at once.
    Raises `Invalid` for an unknown level, person or group.
    """
    wanted = _checked(shares)
    if everyone not in EVERYONE:
        raise Invalid({"everyone": _("Choose one of the list.")})
    for record in records:
        record.access = everyone
        put(work, kind, record, wanted)


def put(work: Work, kind: Kind, record: Any, wanted: Mapping[int, str]) -> None:
    """Store exactly these shares of a record; those who are added are told of it."""
    rows = Share.objects.filter(kind=kind.name, record_id=record.id)
    before = dict(rows.values_list("principal", "level"))
    if before == dict(wanted):
        return
    rows.delete()
    groups = _groups(wanted)
    Share.objects.bulk_create(
        Share(
            kind=kind.name,
            record_id=record.id,
            principal_type=Share.GROUP if principal in groups else Share.USER,
            principal=principal,
            level=level,
            stamp=record.stamp,
        )
        for principal, level in sorted(wanted.items())
    )
    work.note_beside(record, CHANGE, _stored(before), _stored(wanted))
    _tell(work, kind, record, set(wanted) - set(before))


def loaded(stored: Mapping[str, str] | None) -> dict[int, str]:
    """Shares as an event keeps them; people and groups that are gone since are left out."""
    found = {int(principal): level for principal, level in (stored or {}).items()}
    known = _people(found) | _groups(found)
    return {principal: level for principal, level in found.items() if principal in known}


def _checked(shares: Mapping[str, str]) -> dict[int, str]:
    wanted = {int(one): level for one, level in shares.items() if str(one).isascii() and str(one).isdigit()}
    unknown = len(wanted) != len(shares) or set(wanted) - _people(wanted) - _groups(wanted)
    if unknown or not set(wanted.values()) <= set(LEVELS):
        raise Invalid({"shares": _("There is no such person or group.")})
    return wanted


def _people(ids: Mapping[int, str]) -> set[int]:
    return set(User.objects.filter(pk__in=list(ids)).values_list("pk", flat=True))


def _groups(ids: Mapping[int, str]) -> set[int]:
    return set(Group.objects.filter(pk__in=list(ids)).values_list("pk", flat=True))


def _stored(shares: Mapping[int, str]) -> dict[str, str]:
    return {str(principal): level for principal, level in sorted(shares.items())}


def _tell(work: Work, kind: Kind, record: Any, added: set[int]) -> None:
    members = set(GroupMember.objects.filter(group__in=added).values_list("user_id", flat=True))
    people = set(User.objects.filter(pk__in=added | members).values_list("pk", flat=True))
    told = Told("shared", kind.ref(record), work.act.user_id, work.act.at)
    notices.tell(people - {work.act.user_id}, told)
    shareletters.announce(people - {work.act.user_id}, told)


say("shared", _("access is changed"), shows=())
