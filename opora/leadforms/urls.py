"""Addresses of leads."""

from django.urls import path

from opora.leadforms import views

app_name = "leadforms"
urlpatterns = [
    path("api/v1/leads", views.leads, name="leads"),
    path("api/v1/leads/", views.leads),
]
