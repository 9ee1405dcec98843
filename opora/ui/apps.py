from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "opora.ui"
    label = "ui"
