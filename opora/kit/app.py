"""How an app of the house is loaded: its manifest, actions and card tell the lower floors what it brings."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

PARTS = ("manifest", "actions", "card", "api")


class HouseApp(AppConfig):
    """An app whose parts (`PARTS`), those it has, are imported when models are known."""

    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load these modules; registering happens by importing them."""
        for part in PARTS:
            if find_spec(f"{self.name}.{part}"):
                import_module(f"{self.name}.{part}")
