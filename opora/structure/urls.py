"""Addresses of the structure."""

from django.urls import URLPattern, path

from opora.people.circles import BRANCH, CATEGORY, GROUP
from opora.structure.views import check, circles, departments, log, modules, roles

app_name = "structure"


def circle_urls(sort: str, at: str) -> list[URLPattern]:
    """The pages of one sort of circles."""
    named = {"sort": sort}
    return [
        path(at, circles.listing, named, name=f"{sort}_list"),
        path(f"{at}new/", circles.create, named, name=f"{sort}_new"),
        path(f"{at}<int:circle_id>/", circles.edit, named, name=sort),
        path(f"{at}<int:circle_id>/removal/", circles.removal, named, name=f"{sort}_removal"),
    ]


urlpatterns = [
    path("settings/roles/", roles.first, name="roles"),
    path("settings/roles/new/", roles.create, name="role_new"),
    path("settings/roles/presets/", roles.preset, name="preset"),
    path("settings/roles/<int:role_id>/", roles.edit, name="role"),
    path("settings/roles/<int:role_id>/changes/", roles.changes, name="role_changes"),
    path("settings/roles/<int:role_id>/removal/", roles.removal, name="role_removal"),
    *circle_urls(GROUP, "settings/groups/"),
    *circle_urls(CATEGORY, "settings/categories/"),
    *circle_urls(BRANCH, "settings/branches/"),
    path("settings/check/", check.check, name="check"),
    path("settings/check/begin/", check.begin, name="check_begin"),
    path("settings/check/end/", check.end, name="check_end"),
    path("settings/log/", log.listing, name="log"),
    path("settings/log/<int:entry_id>/", log.entry, name="log_entry"),
    path("settings/log/export/", log.export, name="log_export"),
    path("settings/log/export/<int:job_id>/", log.export_job, name="log_job"),
    path("settings/log/export/<int:job_id>/file/", log.export_file, name="log_file"),
    path("settings/modules/", modules.listing, name="modules"),
    path("settings/departments/", departments.tree, name="departments"),
    path("settings/departments/new/", departments.create, name="department_new"),
    path("settings/departments/<int:department_id>/", departments.edit, name="department"),
    path("settings/departments/<int:department_id>/parent/", departments.move, name="department_move"),
    path("settings/departments/<int:department_id>/removal/", departments.removal, name="department_removal"),
]
