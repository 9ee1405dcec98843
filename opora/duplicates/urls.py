"""Addresses of duplicates: their page, the look at what is being typed, merging and taking apart."""

from django.urls import path

from opora.duplicates import views

app_name = "duplicates"
urlpatterns = [
    path("contacts/duplicates/", views.duplicates, name="list"),
    path("contacts/duplicates/typed/", views.typed, name="typed"),
    path("contacts/duplicates/look/", views.look, name="look"),
    path("contacts/duplicates/apart/", views.apart, name="apart"),
    path("contacts/duplicates/merge/", views.merge, name="merge"),
    path("contacts/duplicates/merges/<int:merge_id>/undoing/", views.unmerge, name="unmerge"),
]
