"""Addresses of deals: the board first, the list beside it, then the cards."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from opora.deals import views
from opora.deals.manifest import DEAL
from opora.documents.urls import file_urls
from opora.records.screens import Look, list_urls, tagging
from opora.records.screens.addresses import card_urls
from opora.records.screens.board_pages import board_urls

app_name = "deals"
LOOKS = (Look(_("Board"), "layout-kanban", "deals/"), Look(_("Forecast"), "chart-funnel", "deals/forecast/"))
urlpatterns = [
    *board_urls(DEAL, *LOOKS[1:]),
    *list_urls(DEAL, at="deals/list/", looks=LOOKS),
    *card_urls(DEAL),
    *file_urls(DEAL),
    path("deals/forecast/", views.forecast, name="forecast"),
    path("deals/<int:record_id>/people/", views.people, name="people"),
    path("deals/<int:record_id>/people/out/", views.out, name="people_out"),
    path("deals/<int:record_id>/tags/", tagging.tags, {"kind": "deal"}, name="tags"),
]
