"""Addresses of contacts."""

from django.urls import path

from opora.contacts import places, views
from opora.contacts.manifest import CONTACT
from opora.documents.urls import file_urls, photo_urls
from opora.records.screens import list_urls, tagging
from opora.records.screens.addresses import card_urls

app_name = "contacts"
urlpatterns = [
    *list_urls(CONTACT),
    *card_urls(CONTACT),
    *file_urls(CONTACT),
    *photo_urls(CONTACT),
    path("contacts/<int:record_id>/type/", views.change_type, {"kind": "contact"}, name="type"),
    path("contacts/<int:record_id>/aside/", views.set_aside, {"kind": "contact"}, name="aside"),
    path("contacts/<int:record_id>/return/", views.bring_back, {"kind": "contact"}, name="return"),
    path("contacts/<int:record_id>/companies/", places.of_person, name="companies"),
    path("contacts/<int:record_id>/companies/out/", places.out, name="companies_out"),
    path("contacts/<int:record_id>/people/", places.of_company, name="people"),
    path("contacts/<int:record_id>/tags/", tagging.tags, {"kind": "contact"}, name="tags"),
]
