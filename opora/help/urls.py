"""Addresses of the help."""

from django.urls import path

from opora.help import views

app_name = "help"
urlpatterns = [
    path("help/", views.index, name="index"),
    path("help/<slug:slug>/", views.guide, name="guide"),
]
