"""The `shell` of every page: what stands around it for this person. Made when a page asks for it, not before."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from opora.people.middleware import user_of, viewer_of
from opora.people.models import User
from opora.records import definitions, saved_views
from opora.records.kinds import Kind, kinds
from opora.records.models import SavedView
from opora.records.words import in_language
from opora.tenancy.context import ProjectRef, require_project
from opora.ui.jinja import link
from opora.ui.navigation import Place, creations, guide_of, open_to, places, settings_places

SETTINGS_GROUPS = {
    "": "",
    "people": _("People"),
    "records": _("Records and stages"),
    "work": _("Work"),
    "connections": _("Connections"),
}
TABS = ("today", "contacts", "deals")


def place_of(kind: Kind) -> int:
    """Where a kind stands among the others: as in the navigation, the rest last."""
    place = places.get(kind.name)
    return place.order if place else 1000


class Shell:
    """What ui/shell.html needs, attribute by attribute; nothing is looked up before it is asked for."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._project: ProjectRef = require_project()

    def _entry(self, place: Place) -> dict[str, Any]:
        return {
            "id": place.id,
            "title": place.title,
            "icon": place.icon,
            "url": self._project.address + place.path,
            "hot": place.is_hot,
            "key": place.key,
        }

    @property
    def project(self) -> dict[str, str]:
        """The project's name and address."""
        return {"name": self._project.name, "url": self._project.address, "menu_url": ""}

    @cached_property
    def user(self) -> dict[str, Any]:
        """The person."""
        user: User = user_of(self._request)
        return {
            "name": user.name,
            "short": user.first_name,
            "email": user.email,
            "hue": user.hue,
            "crm_id": str(self._project.id),  # the same for all users of a firm (U01)
            "single_keys": True,
        }

    @cached_property
    def nav(self) -> list[dict[str, Any]]:
        """The entries of the navigation, in groups."""
        grouped: dict[str, list[dict[str, Any]]] = {}
        for place in open_to(self._request, places):
            grouped.setdefault(place.group, []).append(self._entry(place))
        return [{"title": "", "items": items} for items in grouped.values()]

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The entries of the phone's bar."""
        return [item for group in self.nav for item in group["items"] if item["id"] in TABS]

    @cached_property
    def create_menu(self) -> list[dict[str, Any]]:
        """What the person may create."""
        return [self._entry(place) for place in open_to(self._request, creations)]

    @cached_property
    def settings(self) -> list[dict[str, Any]]:
        """The settings the person may enter, in groups; also the page of them on a phone."""
        grouped: dict[str, list[dict[str, Any]]] = {}
        for place in open_to(self._request, settings_places):
            grouped.setdefault(place.group, []).append(self._entry(place))
        return [{"title": SETTINGS_GROUPS[name], "items": items} for name, items in grouped.items()]

    @property
    def settings_url(self) -> str:
        """The first settings page the person may enter; empty when there is none (N14)."""
        first = next((item for group in self.settings for item in group["items"]), None)
        return first["url"] if first else ""

    @cached_property
    def favourites(self) -> list[dict[str, Any]]:
        """The pinned views of lists: the person's own and those shared by all."""
        seen = {place.id for place in open_to(self._request, places)}
        rows = saved_views.pinned(user_of(self._request).id)
        return [self._favourite(view) for view in rows if (kinds[view.kind].url in seen)]

    def _favourite(self, view: SavedView) -> dict[str, Any]:
        return {
            "title": in_language(view.name, view.names),
            "url": f"{self._project.address}{kinds[view.kind].url}/?view={view.id}",
            "color": view.query.get("color", ""),
            "count": None,
        }

    @property
    def colors_url(self) -> str:
        """The style sheet of the project's own colours; its address changes with the definitions."""
        return link("shell:colors", query={"v": definitions.current().version})

    @property
    def viewing(self) -> dict[str, str] | None:
        """As whom an administrator looks now, and where to leave that; None for everybody else."""
        if viewer_of(self._request) is None:
            return None
        return {"name": user_of(self._request).name, "url": f"{self._project.address}settings/check/end/"}

    @property
    def live_url(self) -> str:
        """The stream of changes."""
        return f"{self._project.address}live/"

    counts_url = property(lambda self: link("shell:counts"))
    search_url = property(lambda self: link("shell:search"))
    help_url = property(lambda self: f"{self._project.address}help/")

    @property
    def guide_url(self) -> str:
        """The help about the page that is open."""
        slug = guide_of(self._request.path_info.lstrip("/"))
        return f"{self.help_url}{slug}/" if slug else self.help_url

    more_url = property(lambda self: link("shell:more"))
    theme_url = property(lambda self: link("people:theme"))
    language_url = property(lambda self: link("people:language"))
    sign_out_url = property(lambda self: link("people:sign_out"))
    profile_url = property(lambda self: link("people:profile"))
    bell_url = property(lambda self: link("shell:bell"))


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the shell of a person who is signed in; None for anybody else."""
    signed_in = getattr(getattr(request, "user", None), "id", None) is not None
    return {"shell": Shell(request) if signed_in else None}
