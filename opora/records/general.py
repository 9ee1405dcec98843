"""Changing the general settings of a project, one at a time."""

from collections.abc import Callable
from dataclasses import asdict

from django.db import transaction

from opora.people.access import Access
from opora.records import definitions
from opora.records.models import Definitions
from opora.records.preferences import Preferences
from opora.records.settings_log import note
from opora.timeline.events import Ref

SUBJECT = Ref("settings", 1)
Follow = Callable[[], None]
_following: dict[str, list[Follow]] = {}


def following(name: str) -> Callable[[Follow], Follow]:
    """Register what follows the change of one setting, in its transaction: amounts counted in a new currency."""

    def register(follow: Follow) -> Follow:
        _following.setdefault(name, []).append(follow)
        return follow

    return register


def prefer(access: Access, name: str, value: str) -> Preferences:
    """Set one of the general settings as a form sent it; it acts at once. Raises `Invalid` (no such value)."""
    with transaction.atomic():
        row, _made = Definitions.objects.select_for_update().get_or_create(id=1)
        before = Preferences.read(row.chosen)
        after = before.changed(name, value)
        old, new = asdict(before)[name], asdict(after)[name]
        if old != new:
            row.chosen = row.chosen | {name: new}
            row.save(update_fields=["chosen"])
            note(access, "settings.changed", SUBJECT, {name: [old, new]})
            for follow in _following.get(name, ()):
                follow()
    return definitions.current().preferences
