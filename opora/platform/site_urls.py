"""Addresses outside the projects."""

from django.urls import path

from opora.platform import health, views

app_name = "platform"
urlpatterns = [
    path("", views.welcome, name="welcome"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
]
