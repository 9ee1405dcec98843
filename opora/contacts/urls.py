"""Addresses of contacts."""

from django.urls import path

from opora.contacts import views
from opora.contacts.manifest import CONTACT
from opora.documents.urls import file_urls
from opora.records.screens import list_urls, tagging
from opora.records.screens.addresses import card_urls

app_name = "contacts"
urlpatterns = [
    *list_urls(CONTACT),
    *card_urls(CONTACT),
    *file_urls(CONTACT),
    path("contacts/<int:record_id>/type/", views.change_type, {"kind": "contact"}, name="type"),
    path("contacts/<int:record_id>/tags/", tagging.tags, {"kind": "contact"}, name="tags"),
]
