"""A role as a table of kinds and verbs, and the table's form read back."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.people.access import Access
from opora.people.models import Role
from opora.people.roles import RoleDraft
from opora.people.scopes import ANY_KIND, VERBS, Scope, Scopes, scope_of
from opora.people.switches import AUTHORISATION, FINANCE, GENERAL, SWITCHES
from opora.records.kinds import Kind, kinds
from opora.shell.navigation import place_of

VERB_NAMES = {
    "see": _("See"),
    "create": _("Create"),
    "edit": _("Edit"),
    "delete": _("Delete"),
    "export": _("Export"),
}
AREA_NAMES = {
    GENERAL: _("Single rights"),
    FINANCE: _("Rights of finance"),
    AUTHORISATION: _("Rights over people and rights"),
}
LATER = _("Everything else")


def own_kinds() -> list[Kind]:
    """The kinds that have rights of their own, in the order of the navigation."""
    return sorted((kind for kind in kinds if not kind.seen_through), key=place_of)


def rows(draft: RoleDraft) -> list[dict[str, Any]]:
    """The rows of the table: a kind, its icon, and a cell for each verb."""
    found = [_row(kind.name, kind.label_plural, kind.icon, draft) for kind in own_kinds()]
    return [*found, _row(ANY_KIND, LATER, "dots", draft)]


def areas(draft: RoleDraft, access: Access) -> list[dict[str, Any]]:
    """The switches by area; one of finance or authorisation that the reader has not himself is locked (N08)."""
    return [
        {"title": title, "switches": list(_switches(draft, access, area))}
        for area, title in AREA_NAMES.items()
        if any(switch.area == area for switch in SWITCHES)
    ]


def read(sent: QueryDict, role: Role) -> RoleDraft:
    """The draft a form says. A right it does not name stays as it is. Raises `Invalid` for an unknown one."""
    name = sent.get("name", role.name)
    language = (get_language() or "")[:2]
    names = {**role.names, language: name} if role.names and name != str(role) else role.names
    return RoleDraft(
        name=name if name != str(role) else role.name,
        names=names,
        scopes=_scopes(sent, role.scopes),
        leader_scopes=_leading(sent) if "_matrix" in sent else role.leader_scopes,
        needs_factor="needs_factor" in sent if "_matrix" in sent else role.needs_factor,
        switches=_on(sent, role) if "_matrix" in sent else frozenset(role.switches),
    )


def said(key: str) -> str:
    """The words for a right as the log names it: `contact.see` is "Contacts: see"."""
    if key.startswith("switch:"):
        switch = SWITCHES.get(key[7:])
        return str(switch.label) if switch else key[7:]
    if key == "needs_factor":
        return str(_("Second factor when signing in"))
    kind, _dot, verb = key.removeprefix("leader:").rpartition(".")
    if verb not in VERB_NAMES:
        return str(_("Title"))
    found = kinds.get(kind)
    title = f"{found.label_plural if found else LATER}: {str(VERB_NAMES[verb]).lower()}"
    return _("%(right)s (leading)") % {"right": title} if key.startswith("leader:") else title


def _row(name: str, title: Any, icon: str, draft: RoleDraft) -> dict[str, Any]:
    return {
        "kind": name,
        "title": title,
        "icon": icon,
        "cells": [
            {
                "verb": verb,
                "title": words,
                "scope": str(scope_of(draft.scopes, name, verb)),
                "leads": scope_of(draft.leader_scopes, name, verb) == Scope.GROUP,
            }
            for verb, words in VERB_NAMES.items()
        ],
    }


def _switches(draft: RoleDraft, access: Access, area: str) -> Iterable[dict[str, Any]]:
    for switch in SWITCHES:
        if switch.area == area:
            yield {
                "name": switch.name,
                "title": switch.label,
                "on": switch.name in draft.switches,
                "is_locked": area != GENERAL and not access.has(switch.name),
            }


def _names() -> list[str]:
    return [*(kind.name for kind in own_kinds()), ANY_KIND]


def _scopes(sent: QueryDict, before: Scopes) -> dict[str, dict[str, str]]:
    found = {kind: dict(verbs) for kind, verbs in before.items()}
    for kind in _names():
        named = {
            verb: sent.get(f"scope:{kind}:{verb}", "") for verb in VERBS if f"scope:{kind}:{verb}" in sent
        }
        if not set(named.values()) <= set(Scope.values):
            raise Invalid({"scopes": _("There is no such right.")})
        if named:
            found[kind] = {**found.get(kind, {}), **named}
    return found


def _leading(sent: QueryDict) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for kind in _names():
        verbs = {verb: str(Scope.GROUP if f"leads:{kind}:{verb}" in sent else Scope.NONE) for verb in VERBS}
        if kind == ANY_KIND or Scope.GROUP in verbs.values():
            found[kind] = verbs
    return found if any(Scope.GROUP in verbs.values() for verbs in found.values()) else {}


def _on(sent: QueryDict, role: Role) -> frozenset[str]:
    """The switches that are on; those of apps which are not loaded now stay."""
    unknown = {name for name in role.switches if name not in SWITCHES}
    locked = set(sent.getlist("locked")) & set(role.switches)
    return frozenset(sent.getlist("switch")) | unknown | locked
