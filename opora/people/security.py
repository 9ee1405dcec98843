"""What a project asks of passwords and sessions, and how it is changed (R6.04, R6.08)."""

from dataclasses import dataclass, fields
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from opora.kit.errors import Forbidden, Invalid
from opora.people.access import Access
from opora.people.models import SecurityRules, Session, User
from opora.people.ranges import SUBJECT
from opora.people.switches import USERS
from opora.timeline.events import Entry, record

SHORTEST, LONGEST_MINIMUM = 10, 30
"""Between these a project chooses how long a password must be at least (R6.04; forms may take no more than 30, U03)."""
IDLE_MINUTES = (15, 30, 60, 120, 240, 480, 720, 1440, 10_080)
SESSION_DAYS = (1, 7, 14, 30)
"""No session lives longer than thirty days (R6.08)."""


@dataclass(frozen=True)
class Rules:
    """The rules in force: letters of a password, minutes without a request, days a session lives at all."""

    password_length: int
    idle_minutes: int
    session_days: int


def rules() -> Rules:
    """What holds in the entered project now."""
    row = SecurityRules.objects.filter(pk=1).first()
    if row is None:
        return _usual()
    return Rules(row.password_length, row.idle_minutes, row.session_days)


def choices() -> dict[str, list[int]]:
    """What may be chosen, with what holds now also where it is the installation's own."""
    now = rules()
    return {
        "idle_minutes": sorted({*IDLE_MINUTES, now.idle_minutes}),
        "session_days": sorted({*SESSION_DAYS, now.session_days}),
    }


@transaction.atomic
def keep(access: Access, wanted: Rules, *, via: str) -> Rules:
    """Change the rules; open sessions live by them from the next request, a password from its next change.

    Raises `Forbidden`, `Invalid` by field.
    """
    if not access.has(USERS.name):
        raise Forbidden(USERS.label)
    before = rules()
    _check(wanted)
    changes = {
        field.name: [getattr(before, field.name), getattr(wanted, field.name)]
        for field in fields(Rules)
        if getattr(before, field.name) != getattr(wanted, field.name)
    }
    if not changes:
        return before
    SecurityRules.objects.update_or_create(id=1, defaults=vars(wanted))
    if "session_days" in changes:
        _limit_open_sessions(wanted.session_days)
    entry = Entry("settings.security_changed", SUBJECT, changes=changes)
    record([entry], actor_id=access.user_id or None, via=via)
    return wanted


def with_factor() -> tuple[int, int]:
    """How many people who may sign in have a second factor, and how many there are."""
    people = [user for user in User.objects.only("status", "has_factor") if user.may_enter]
    return sum(user.has_factor for user in people), len(people)


def _usual() -> Rules:
    hours = float(getattr(settings, "OPORA_SESSION_IDLE_HOURS", 12))
    return Rules(SHORTEST, max(1, round(hours * 60)), SESSION_DAYS[-1])


def _check(wanted: Rules) -> None:
    allowed, wrong = choices(), {}
    if not SHORTEST <= wanted.password_length <= LONGEST_MINIMUM:
        words = _("Write a number from %(least)d to %(most)d.")
        wrong["password_length"] = words % {"least": SHORTEST, "most": LONGEST_MINIMUM}
    for name, values in allowed.items():
        if getattr(wanted, name) not in values:
            wrong[name] = _("Choose one of the list.")
    if wrong:
        raise Invalid(wrong)


def _limit_open_sessions(days: int) -> None:
    """Open sessions end by the new count of days; those that are over stay over."""
    Session.objects.filter(expires_at__lte=timezone.now()).delete()
    Session.objects.update(expires_at=F("created_at") + timedelta(days=days))
