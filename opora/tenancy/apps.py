"""The app of tenancy."""

from django.apps import AppConfig

from opora.tenancy.registry import resolve_projects


class TenancyConfig(AppConfig):
    """Projects, their databases and the directory."""

    name = "opora.tenancy"
    label = "tenancy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """From here on `default` is the current project."""
        resolve_projects()
