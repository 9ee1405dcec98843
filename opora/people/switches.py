"""Switches of roles: rights that are not about a record of a kind (N08, U10, U14).

An app registers its switches when it is loaded; `usual` names the kinds of account whose ready role has it on.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opora.kit.registry import Registry

GENERAL, FINANCE, AUTHORISATION = "general", "finance", "authorisation"


@dataclass(frozen=True)
class Switch:
    """A right that is on or off. `area` keeps rights of finance and of authorisation apart (N08)."""

    name: str
    label: str | Promise
    usual: tuple[str, ...] = ()
    area: str = GENERAL


SWITCHES: Registry[Switch] = Registry("switch")


def declare(switch: Switch) -> Switch:
    """Make a switch known to roles, guards and the settings page. Raises `ValueError` if the name is taken."""
    return SWITCHES.register(switch.name, switch)


TRIAGE = declare(Switch("triage", _("Take new records"), usual=("head", "manager")))
PHONE_EDIT = declare(Switch("phone.edit", _("Edit phone numbers"), usual=("head", "manager")))
FINAL_EDIT = declare(Switch("fields.final", _("Correct fields that are filled once")))
PHONE_SEE = declare(Switch("phone.see", _("See phone numbers in full"), usual=("head", "manager")))
SETTINGS = declare(Switch("settings.manage", _("Change the general settings")))
USERS = declare(Switch("users.manage", _("Manage users"), area=AUTHORISATION))
TEAM_USERS = declare(
    Switch("users.team", _("Manage the managers of one's team"), usual=("head",), area=AUTHORISATION)
)
ROLES = declare(Switch("roles.manage", _("Manage roles and rights"), area=AUTHORISATION))
TOKENS = declare(Switch("tokens.manage", _("Manage API keys"), area=AUTHORISATION))
LEADS = declare(Switch("leads.create", _("Send leads through the API"), usual=("head", "manager")))
LOG = declare(Switch("log.read", _("Read the log of everybody’s actions"), area=AUTHORISATION))
