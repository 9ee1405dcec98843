"""Letting an employee go: what goes to whom, told beforehand, then all of it in one transaction (I06, R4.08)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.functional import Promise

from opora.jobs.tasks import task
from opora.kit.errors import Forbidden
from opora.people import accounts
from opora.people.access import Access
from opora.people.journal import note
from opora.people.models import AccountKind, GroupMember, Share, Status, User
from opora.records.kinds import Kind, kinds
from opora.records.models import SavedView
from opora.records.operations import Act, closed, opened
from opora.records.work import Work
from opora.timeline.models import Operation

CHUNK = 500
AT_ONCE = 2000
"""More records than this are handed over by a job, so that no page waits for minutes."""


@dataclass(frozen=True)
class Plan:
    """What a dismissal will do. `parts` counts records by kind, those in the trash too.

    `parting` are the managers who saw each other through their head and no longer will.
    """

    heir: User
    parts: tuple[tuple[str | Promise, int], ...]
    views: int
    keys: int
    sessions: int
    groups: tuple[str, ...]
    reports: tuple[str, ...]
    parting: tuple[str, ...]

    @property
    def records(self) -> int:
        """How many records go to the heir."""
        return sum(number for _label, number in self.parts)

    @property
    def mark(self) -> str:
        """Changes when what will happen changes: a form carries it, so that nobody confirms what he did not see."""
        counts = [self.heir.pk, self.views, len(self.reports), *(number for _label, number in self.parts)]
        return "-".join(map(str, counts))


def plan(access: Access, user: User) -> Plan:
    """What dismissing this person will do now. Raises `Forbidden` (`last_director` for the director)."""
    _must_dismiss(access, user)
    heir = heir_of(user)
    reports = list(user.reports.order_by("first_name", "last_name", "id"))
    managers = [one.name for one in reports if one.kind == AccountKind.MANAGER and one.may_enter]
    is_parting = not user.is_director and heir.is_director and len(managers) > 1
    return Plan(
        heir=heir,
        parts=tuple((kind.label_plural, _of(kind, user).count()) for kind in _kinds()),
        views=SavedView.objects.filter(owner=user).count(),
        keys=user.tokens.count(),
        sessions=user.sessions.count(),
        groups=tuple(user.crm_groups.order_by("name").values_list("name", flat=True)),
        reports=tuple(one.name for one in reports),
        parting=tuple(managers) if is_parting else (),
    )


def heir_of(user: User) -> User:
    """Who gets everything: the head, when there is one who works here, else the director."""
    head = user.head
    if head is not None and head.may_enter:
        return head
    return User.objects.get(kind=AccountKind.DIRECTOR)


def dismiss(access: Access, user: User, *, via: str) -> int:
    """End the account, then hand everything over; gives how many records a job still hands over (0: all is done).

    With few records it is one transaction. With many the account ends at once and a job hands all over in one.
    Raises `Forbidden` (`last_director` for the director).
    """
    with transaction.atomic():
        found = plan(access, user)
        _end(access, user, via)
        if found.records > AT_ONCE:
            hand_over_later.enqueue(user.pk, access.user_id, via)
            return found.records
        _hand_over_all(access, user, found.heir, via)
    return 0


@task()
def hand_over_later(user_id: int, actor_id: int, via: str) -> None:
    """Hand over all that a dismissed person still has, in one transaction."""
    user = User.objects.filter(pk=user_id, status=Status.DISMISSED).first()
    if user is None:
        return
    actor = User.objects.select_related("role", "department").filter(pk=actor_id).first()
    access = Access.of(actor) if actor else Access.console()
    _hand_over_all(access, user, heir_of(user), via)


def _must_dismiss(access: Access, user: User) -> None:
    accounts.spare_director(user)
    accounts.must_manage(access, user, fully=True)
    if user.pk == access.user_id:
        raise Forbidden(code="own_account")


def _end(access: Access, user: User, via: str) -> None:
    """Sessions, remembered browsers, keys and links end with the status; so do groups and what was shared."""
    accounts.set_status(access, user, Status.DISMISSED, via=via)
    GroupMember.objects.filter(user=user).delete()
    user.headed.update(head=None)
    Share.objects.filter(principal_type=Share.USER, principal=user.pk).delete()


def _hand_over_all(access: Access, user: User, heir: User, via: str) -> None:
    act = Act(access, via=via, is_trusted=True)
    operation, _is_replay = opened(act, "user.dismissal", {"user": str(user.pk)})
    for kind in _kinds():
        _hand_over(act, operation, kind, user, heir)
    closed(operation, result={"ids": [str(user.pk)], "kind": "user"})
    SavedView.objects.filter(owner=user).update(owner=heir, is_pinned=False)
    for report in user.reports.exclude(pk=heir.pk):
        note(
            "user.placed",
            report,
            via=via,
            actor=act.user_id,
            changes={"head_id": [str(user.pk), str(heir.pk)]},
        )
    user.reports.exclude(pk=heir.pk).update(head=heir)
    note("user.handed_over", user, via=via, actor=act.user_id, changes={"to": [None, str(heir.pk)]})


def _hand_over(act: Act, operation: Operation, kind: Kind, user: User, heir: User) -> None:
    for ids in _chunks(list(_of(kind, user).order_by("pk").values_list("pk", flat=True))):
        work = Work(act, operation, event="handed_over")
        for record in work.load(kind, ids, "edit", with_trashed=True):
            record.responsible_id = heir.pk
        work.finish("hand_over")


def _kinds() -> list[Kind]:
    return list(kinds)


def _of(kind: Kind, user: User) -> Any:
    return kind.model._default_manager.filter(responsible_id=user.pk)


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
