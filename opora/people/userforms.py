"""What a form about a user asks for: the ordinary one, and the short one of the CRM ID set (U03, N04)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.kit.text import clean, is_blank
from opora.people.models import Role, User
from opora.people.presets import CRM_ID

PROFILE = ("first_name", "last_name", "email", "login")
LOGIN_LENGTH = 64
SHORT_LENGTH = 30


@dataclass(frozen=True)
class UserForm:
    """The longest texts by field, in characters; what must be filled; whether a group must be chosen."""

    limits: Mapping[str, int]
    required: tuple[str, ...]
    is_in_group: bool = False

    def fill(self, user: User, values: Mapping[str, str]) -> dict[str, Any]:
        """Put the texts of a profile into `user`, cleaned. Answers with what is wrong, by field: too long or empty."""
        wrong: dict[str, Any] = {}
        for name in PROFILE:
            try:
                setattr(user, name, clean(values[name], self.limits[name], field=name))
            except Invalid as refusal:
                wrong |= refusal.fields
        empty = [name for name in self.required if name not in wrong and is_blank(getattr(user, name))]
        return wrong | {name: _("Fill this in.") for name in empty}

    def check_password(self, password: str) -> None:
        """Raise `Invalid` for a password longer than this form takes; the other rules are in `passwords`."""
        longest = self.limits.get("password")
        if longest and len(password) > longest:
            raise Invalid({"password": _("At most %(n)d characters.") % {"n": longest}})

    def check_groups(self, groups: frozenset[int]) -> None:
        """Raise `Invalid` when this form makes people only inside a group and none is chosen."""
        if self.is_in_group and not groups:
            raise Invalid({"groups": _("Choose a group.")})


FULL = UserForm(
    {"first_name": 60, "last_name": 60, "email": 254, "login": LOGIN_LENGTH}, ("first_name", "login")
)
SHORT = UserForm(
    dict.fromkeys((*PROFILE, "password"), SHORT_LENGTH),
    ("first_name", "last_name", "email"),
    is_in_group=True,
)


def has_short() -> bool:
    """Whether this project makes its users by the short form: it has roles of the CRM ID set."""
    return Role.objects.filter(key__startswith=f"{CRM_ID}.").exists()


def of_set_first(roles: list[Role]) -> list[Role]:
    """The same roles, those of the CRM ID set before the others, its ordinary user first of all."""
    order = {f"{CRM_ID}.user": 0, f"{CRM_ID}.admin": 1}
    return sorted(roles, key=lambda role: order.get(role.key, len(order)))
