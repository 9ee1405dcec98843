"""The views that the list of tasks starts with, and which of them call somebody."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from opora.records.conditions import Condition
from opora.records.kinds import kinds
from opora.records.places import can_leave
from opora.records.screens.views import View, bring


def _when(*texts: str) -> tuple[Condition, ...]:
    return tuple(Condition.read(text) for text in texts)


def of_clients() -> Q:
    """The filter of tasks that are not about somebody who stands in no list: who is no client is not called (N20)."""
    wanted = Q()
    for kind in kinds:
        if can_leave(kind):
            gone = kind.model._default_manager.filter(pk=OuterRef("about_id"), trashed_at__isnull=False)
            wanted &= ~(Q(about_kind=kind.name) & Q(Exists(gone)))
    return wanted


def bring_views() -> None:
    """My open tasks first: that is what one comes for."""
    to_do, mine = "done_at.empty:", "responsible.is:me"
    bring(
        "task",
        View("mine", _("Mine"), _when(mine, to_do)),
        View("late", _("Late"), _when(to_do, "due_at.is:late")),
        View("open", _("Open ones"), _when(to_do)),
        View("undated", _("Without a date"), _when(to_do, "due_at.empty:")),
        View("closed", _("Closed ones"), _when("done_at.filled:"), sort="-done_at"),
    )
