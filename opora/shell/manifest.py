"""The entries of the navigation and the settings that come with the house."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from opora.people import rights
from opora.people.middleware import access_of
from opora.people.switches import SETTINGS, TEAM_USERS, TOKENS, USERS
from opora.records.kinds import kinds
from opora.ui.navigation import Place, creations, places, settings_places


def may(kind: str, verb: str) -> Callable[[HttpRequest], bool]:
    """Whoever may do this with some record of a kind."""
    return lambda request: rights.may(access_of(request), kind, verb)


def has(*switches: str) -> Callable[[HttpRequest], bool]:
    """Whoever has one of these switches."""
    return lambda request: any(access_of(request).has(name) for name in switches)


ORDER = {"contact": 20, "deal": 30, "task": 40}
NAV_ID = {"contact": "contacts", "deal": "deals", "task": "tasks"}
CREATE = {
    "contact": (_("Contact"), "user-plus"),
    "deal": (_("Deal"), "layout-kanban"),
    "task": (_("Task"), "square-plus"),
}

places.register("today", Place("today", _("Today"), "sun-high", "", order=10, is_hot=True))
for _kind, _order in ORDER.items():
    _found = kinds[_kind]
    _path = f"{_found.url}/"
    places.register(
        _kind,
        Place(
            NAV_ID[_kind], _found.label_plural, _found.icon, _path, order=_order, allowed=may(_kind, "see")
        ),
    )
    creations.register(
        _kind, Place(_kind, *CREATE[_kind], f"{_path}new/", order=_order, allowed=may(_kind, "create"))
    )

GENERAL, PEOPLE, RECORDS, CONNECTIONS = "", "people", "records", "connections"
settings_places.register(
    "general",
    Place("general", _("General"), "adjustments", "settings/", GENERAL, 10, has(SETTINGS.name)),
)
settings_places.register(
    "users",
    Place("users", _("CRM users"), "users", "settings/users/", PEOPLE, 20, has(USERS.name, TEAM_USERS.name)),
)
settings_places.register(
    "fields",
    Place("fields", _("Questionnaire"), "forms", "settings/fields/", RECORDS, 30, has(SETTINGS.name)),
)
settings_places.register(
    "stages",
    Place("stages", _("Pipeline"), "filter", "settings/stages/", RECORDS, 40, has(SETTINGS.name)),
)
settings_places.register(
    "lists",
    Place("lists", _("Tags and lists"), "tag", "settings/lists/", RECORDS, 35, has(SETTINGS.name)),
)
settings_places.register(
    "reasons",
    Place("reasons", _("Reasons lost"), "trophy", "settings/reasons/", RECORDS, 41, has(SETTINGS.name)),
)
settings_places.register(
    "currencies",
    Place("currencies", _("Currencies"), "coins", "settings/currencies/", RECORDS, 42, has(SETTINGS.name)),
)
settings_places.register(
    "mail",
    Place("mail", _("Outgoing mail"), "mail", "settings/mail/", CONNECTIONS, 70, has(SETTINGS.name)),
)
settings_places.register(
    "keys",
    Place("keys", _("API keys"), "key", "settings/keys/", CONNECTIONS, 80, has(TOKENS.name)),
)
settings_places.register(
    "security",
    Place("security", _("Security, IP"), "lock", "settings/security/", PEOPLE, 29, has(USERS.name)),
)
