"""The palette: find a record, go somewhere, create something. Also a page, where no script runs."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markupsafe import Markup, escape

from opora.kit.text import fold, other_layout
from opora.people.access import Access
from opora.people.guards import signed_in
from opora.people.middleware import access_of
from opora.records.kinds import kinds
from opora.records.search import search as found_by
from opora.shell.recent import recent
from opora.shell.spoken import card_of
from opora.shell.sublines import line_of
from opora.tenancy.context import require_project
from opora.ui.navigation import creations, open_to, places, settings_places
from opora.ui.render import page

MOST_HITS = 15
LONGEST = 100


@dataclass(frozen=True)
class Option:
    """A line of the palette. `theme` is set for the one that changes the theme instead of going somewhere."""

    title: str | Markup
    icon: str
    url: str = ""
    line: str = ""
    key: str = ""
    theme: str = ""


@dataclass
class Group:
    """Lines under one heading."""

    title: str
    options: list[Option] = field(default_factory=list)


@signed_in
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was typed, found: records the person may see, then commands. `>` asks for commands alone."""
    typed = request.GET.get("q", "")[:LONGEST].strip()
    wants_commands, text = typed.startswith(">"), typed.lstrip("> ")
    access = access_of(request)
    groups = [] if wants_commands else records(access, text)
    groups.append(Group(_("Commands"), commands(request, text)))
    context = {"groups": [group for group in groups if group.options], "typed": typed, "current": "search"}
    return page(request, "shell/search.html", context, fragment="shell/search_found.html")


def records(access: Access, text: str) -> list[Group]:
    """The records found, by kind; where nothing was typed, those worked on last."""
    if not text:
        rows = [(row.kind, row.record) for row in recent(access)]
        return [Group(_("Recent"), [_option(access, kind, record, "") for kind, record in rows])]
    groups = {kind.name: Group(str(kind.label_plural)) for kind in kinds}
    for hit in found_by(access, text, limit=MOST_HITS):
        groups[hit.kind.name].options.append(_option(access, hit.kind, hit.record, text))
    return list(groups.values())


def _option(access: Access, kind: Any, record: Any, text: str) -> Option:
    name, number = kind.name, record.id
    if kind.seen_through:
        name, number = record.about_kind, record.about_id
    return Option(marked(record.title, text), kind.icon, card_of(name, number), line_of(access, kind, record))


def marked(title: str, text: str) -> Markup:
    """The title with what was typed marked in it, also when it was typed on the other layout."""
    folded = fold(title)
    for wanted in (fold(text), fold(other_layout(text))):
        at = folded.find(wanted) if wanted and len(folded) == len(title) else -1
        if at >= 0:
            end = at + len(wanted)
            parts = (title[:at], title[at:end], title[end:])
            return Markup("{}<mark>{}</mark>{}").format(*parts)
    return escape(title)


def commands(request: HttpRequest, text: str) -> list[Option]:
    """Where the person may go and what he may create, narrowed to what was typed."""
    home = require_project().address
    found = [
        Option(_("Create: %(name)s") % {"name": p.title}, p.icon, home + p.path)
        for p in open_to(request, creations)
    ]
    found += [
        Option(_("Go to: %(name)s") % {"name": p.title}, p.icon, home + p.path)
        for p in open_to(request, places)
    ]
    found += [
        Option(_("Settings: %(name)s") % {"name": p.title}, p.icon, home + p.path)
        for p in open_to(request, settings_places)
    ]
    found += [
        Option(_("Night theme"), "moon", theme="dark"),
        Option(_("Day theme"), "sun-high", theme="light"),
        Option(_("Help"), "help-circle", home + "help/"),
    ]
    wanted = {fold(text), fold(other_layout(text))}
    return [option for option in found if any(word in fold(str(option.title)) for word in wanted)]
