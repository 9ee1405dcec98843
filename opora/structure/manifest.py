"""Where the pages of the structure stand in the settings."""

from django.utils.translation import gettext_lazy as _

from opora.people.switches import LOG, ROLES
from opora.shell.manifest import PEOPLE, has
from opora.structure import log_export, sayings
from opora.ui.navigation import Place, settings_places

__all__ = ["log_export", "sayings"]

settings_places.register(
    "roles", Place("roles", _("Roles"), "shield-check", "settings/roles/", PEOPLE, 22, has(ROLES.name))
)
settings_places.register(
    "groups", Place("groups", _("Groups"), "users-group", "settings/groups/", PEOPLE, 23, has(ROLES.name))
)
settings_places.register(
    "categories",
    Place(
        "categories",
        _("Categories"),
        "category",
        "settings/categories/",
        PEOPLE,
        24,
        has(ROLES.name),
    ),
)
settings_places.register(
    "departments",
    Place(
        "departments",
        _("Departments and branches"),
        "sitemap",
        "settings/departments/",
        PEOPLE,
        25,
        has(ROLES.name),
    ),
)
settings_places.register(
    "modules", Place("modules", _("Modules"), "category", "settings/modules/", PEOPLE, 26, has(ROLES.name))
)
settings_places.register(
    "check",
    Place("check", _("Check for an employee"), "user-search", "settings/check/", PEOPLE, 27, has(ROLES.name)),
)
settings_places.register(
    "log", Place("log", _("Log of actions"), "history", "settings/log/", PEOPLE, 29, has(LOG.name))
)
