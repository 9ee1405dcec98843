"""The addresses of the company, from which users limited by address get in (I12, R6.11)."""

from django.db import transaction
from django.utils.translation import gettext as _

from opora.kit.errors import Forbidden, Invalid, NotFound
from opora.kit.text import clean, fold
from opora.people.access import Access
from opora.people.addresses import plain, span, within
from opora.people.models import AddressRange, Status, User
from opora.people.switches import USERS
from opora.timeline.events import Entry, Ref, record

SUBJECT = Ref("settings", 1)
MOST = 200


def all_ranges() -> list[AddressRange]:
    """The ranges in the order they were added."""
    return list(AddressRange.objects.order_by("id"))


def limited() -> list[User]:
    """The people who get in only from the ranges."""
    people = User.objects.filter(status=Status.BY_ADDRESS)
    return list(people.order_by("first_name", "last_name", "id"))


def covers(ranges: list[AddressRange], address: str) -> bool:
    """Whether an address lies in one of the ranges."""
    try:
        return within(plain(address), [span(row.span) for row in ranges])
    except ValueError:
        return False


@transaction.atomic
def add(access: Access, text: str, name: str, *, via: str) -> AddressRange:
    """Let people in from a range: CIDR, from-to or one address. Raises `Forbidden` or `Invalid`."""
    _must_set(access)
    text = clean(text, 100, field="range").strip()
    wanted = span(text, field="range")
    rows = all_ranges()
    if any(span(row.span) == wanted for row in rows):
        raise Invalid({"range": _("This range is on the list already.")})
    if len(rows) >= MOST:
        raise Invalid({"range": _("At most %(n)d ranges.") % {"n": MOST}})
    row = AddressRange.objects.create(span=text, name=clean(name, 100, field="name").strip())
    _note(access, [None, text], via)
    return row


@transaction.atomic
def remove(access: Access, range_id: int, *, address: str, typed: str, via: str) -> AddressRange:
    """Take a range off the list. Who would close the door behind himself must type his login first.

    Raises `Invalid` (`would_lock_out`) until he has, `NotFound`, `Forbidden`.
    """
    _must_set(access)
    row = AddressRange.objects.filter(pk=range_id).first()
    if row is None:
        raise NotFound()
    if locks_out(access, row, address) and fold(typed) != _own_login(access):
        raise Invalid({"confirmation": _("Type your login to confirm.")}, code="would_lock_out")
    row.delete()
    _note(access, [row.span, None], via)
    return row


def locks_out(access: Access, row: AddressRange, address: str) -> bool:
    """Whether without this range the person who acts would not get in from this address any more."""
    is_limited = User.objects.filter(pk=access.user_id, status=Status.BY_ADDRESS).exists()
    rest = [one for one in all_ranges() if one.pk != row.pk]
    return is_limited and not covers(rest, address)


@transaction.atomic
def open_to_all(*, via: str) -> list[User]:
    """The way back on the command line: everybody who was limited by address gets in from anywhere."""
    people = limited()
    for user in people:
        user.status = Status.ACTIVE
        user.save(update_fields=["status"])
        change = {"status": [str(Status.BY_ADDRESS), str(Status.ACTIVE)]}
        record([Entry("user.status_changed", Ref("user", user.id), changes=change)], actor_id=None, via=via)
    return people


def _own_login(access: Access) -> str:
    return User.objects.values_list("login_key", flat=True).get(pk=access.user_id)


def _must_set(access: Access) -> None:
    if not access.has(USERS.name):
        raise Forbidden(USERS.label)


def _note(access: Access, change: list[str | None], via: str) -> None:
    entry = Entry("settings.addresses_changed", SUBJECT, changes={"range": change})
    record([entry], actor_id=access.user_id or None, via=via)
