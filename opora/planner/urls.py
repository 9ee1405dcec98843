"""Addresses of tasks."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from opora.documents.urls import file_urls
from opora.planner import lists
from opora.planner.manifest import TASK
from opora.records.screens import list_urls
from opora.records.screens.addresses import card_urls
from opora.records.screens.moves import simple

lists.bring_views()
app_name = "tasks"
named = {"kind": TASK.name}
urlpatterns = [
    *list_urls(TASK),
    *card_urls(TASK),
    *file_urls(TASK),
    path("tasks/<int:record_id>/closing/", simple("close", _("The task is closed")), named, name="closing"),
    path(
        "tasks/<int:record_id>/reopening/",
        simple("reopen", _("The task is open again")),
        named,
        name="reopening",
    ),
]
