"""Addresses of files."""

from django.urls import URLPattern, path

from opora.documents import settings_page, views
from opora.records.kinds import Kind

app_name = "files"
urlpatterns = [
    path("files/<int:record_id>/", views.content, name="content"),
    path("files/<int:record_id>/preview/", views.preview, name="preview"),
    path("files/<int:record_id>/trash/", views.trash, name="trash"),
    path("settings/files/", settings_page.files, name="settings"),
    path("settings/files/<slug:name>/", settings_page.switched, name="switched"),
]


def file_urls(kind: Kind) -> list[URLPattern]:
    """The files of a card of this kind; for the kind's own addresses."""
    at = f"{kind.url}/<int:record_id>/files/"
    return [path(at, views.of_card, {"kind": kind.name}, name="files")]


def photo_urls(kind: Kind) -> list[URLPattern]:
    """The photo of a record of this kind, which has a field for it."""
    return [path(f"{kind.url}/<int:record_id>/photo/", views.photo, {"kind": kind.name}, name="photo")]
