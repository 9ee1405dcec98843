"""Which help page the "?" of a page opens: the longest beginning of its address decides."""

from opora.ui.navigation import guides

for _path, _slug in (
    ("", "start"),
    ("sign-in/", "sign-in"),
    ("password/", "sign-in"),
    ("contacts/", "contacts"),
    ("deals/", "deals"),
    ("tasks/", "today"),
    ("profile/", "sign-in"),
    ("profile/keys/", "api"),
    ("settings/", "settings"),
    ("settings/users/", "users"),
    ("settings/roles/", "roles"),
    ("settings/groups/", "departments"),
    ("settings/categories/", "departments"),
    ("settings/branches/", "departments"),
    ("settings/departments/", "departments"),
    ("settings/modules/", "roles"),
    ("settings/security/", "addresses"),
    ("settings/check/", "check"),
    ("settings/log/", "log"),
    ("settings/keys/", "api"),
    ("settings/mail/", "users"),
    ("search/", "keys"),
    ("api/v1/docs/", "api"),
):
    guides.register(_path, _slug)
