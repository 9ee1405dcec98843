"""Addresses that belong to no kind: saved views, undo."""

from django.urls import path

from opora.records.screens import dismissal, moves, view_pages

app_name = "records"
urlpatterns = [
    *view_pages.urlpatterns,
    path("settings/users/<int:user_id>/dismissal/", dismissal.dismiss, name="dismissal"),
    path("undo/<str:operation>/", moves.undo, name="undo"),
]
