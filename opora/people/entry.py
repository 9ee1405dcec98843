"""Whether an account may be used from an address: one answer for every kind of request (R6.01)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opora.jobs.origin import acting, current_origin
from opora.kit.errors import AccountBlocked, AddressRefused
from opora.people.addresses import plain, span, within
from opora.people.journal import note
from opora.people.limits import REFUSALS, counted
from opora.people.models import AddressRange, Status, User

REASONS: dict[str, str | Promise] = {
    Status.OFF: _("This account is switched off. Ask your administrator."),
    Status.DISMISSED: _("This account is closed: the person no longer works here."),
    Status.ACTIVATION: _("Confirm your e-mail first: follow the link in the letter."),
}


def may_use(user: User, address: str) -> None:
    """Raise `AccountBlocked` or `AddressRefused` unless the account may be used from this address now."""
    if user.status in REASONS:
        raise AccountBlocked(REASONS[user.status])
    if user.status == Status.BY_ADDRESS and not is_allowed(address):
        raise AddressRefused()


def let_in(user: User, address: str) -> None:
    """`may_use` for whoever knocks; a refusal stands in the log, once an hour for a person and an address (R16.01)."""
    try:
        may_use(user, address)
    except (AccountBlocked, AddressRefused) as refusal:
        if counted(REFUSALS, f"{user.pk} {address}").hits == 1:
            with acting(None, current_origin().request, address, current_origin().device):
                note(
                    "user.entry_refused", user, via="page", actor=None, changes={"why": [None, refusal.code]}
                )
        raise


def is_allowed(address: str) -> bool:
    """Whether an address lies in the ranges of the project; with no ranges nobody gets in."""
    try:
        current = plain(address)
    except ValueError:
        return False
    return within(current, [span(text) for text in AddressRange.objects.values_list("span", flat=True)])
