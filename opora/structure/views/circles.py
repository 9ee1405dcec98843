"""Settings › groups, categories, branches: a name and the people in it; a group also has leaders (N05, T02, T06)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from opora.kit import ids
from opora.kit.errors import Invalid
from opora.people import circles, directory
from opora.people.circles import BRANCH, CATEGORY, GROUP, CircleDraft
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.switches import ROLES, USERS
from opora.shell.views.asking import ask
from opora.ui import htmx
from opora.ui.render import page

ASKING = ["GET", "HEAD", "POST"]
may_manage = switch(ROLES.name)


@dataclass(frozen=True)
class Sort:
    """The words of a page of circles."""

    item: str
    title: str | Promise
    text: str | Promise
    add: str | Promise
    icon: str


SORTS = {
    GROUP: Sort(
        "groups",
        gettext_lazy("Groups"),
        gettext_lazy(
            "Records can be shared with a group, and a role may reach the records of one's groups. "
            "A leader reaches what the role adds for leading."
        ),
        gettext_lazy("Add a group"),
        "users-group",
    ),
    CATEGORY: Sort(
        "categories",
        gettext_lazy("Categories of users"),
        gettext_lazy("Categories sort people and give no rights. A person may be in several."),
        gettext_lazy("Add a category"),
        "category",
    ),
    BRANCH: Sort(
        "departments",
        gettext_lazy("Branches"),
        gettext_lazy("A branch is a place. The right “of the branch” reaches the records of all its people."),
        gettext_lazy("Add a branch"),
        "building",
    ),
}


@may_manage
@require_safe
def listing(request: HttpRequest, sort: str) -> HttpResponse:
    """All circles of a sort, the first one opened."""
    first = circles.all_of(sort).first()
    return _shown(request, sort, first, circles.drafted(sort, first) if first else None)


@may_manage
@require_http_methods(ASKING)
def edit(request: HttpRequest, sort: str, circle_id: int) -> HttpResponse:
    """One circle: its name and people, saved as a whole."""
    circle = circles.get(sort, ids.parse(circle_id))
    if request.method != "POST":
        return _shown(request, sort, circle, circles.drafted(sort, circle))
    draft = _read(request)
    try:
        circles.save(access_of(request), sort, circle.pk, draft, via="page")
    except Invalid as refusal:
        return _shown(request, sort, circle, draft, refusal)
    words = _("“%(name)s” is saved.") % {"name": draft.name}
    return htmx.redirect(request, reverse(f"structure:{sort}", args=[circle.pk]), words)


@may_manage
@require_http_methods(ASKING)
def create(request: HttpRequest, sort: str) -> HttpResponse:
    """A new circle, empty."""

    def save() -> str:
        name = request.POST.get("name", "")
        circles.create(access_of(request), sort, CircleDraft(name), via="page")
        return _("“%(name)s” is added.") % {"name": name.strip()}

    context = {"title": SORTS[sort].add, "item": SORTS[sort].item}
    return ask(request, "structure/ask_name.html", context, save=save, back=reverse(f"structure:{sort}_list"))


@may_manage
@require_http_methods(ASKING)
def removal(request: HttpRequest, sort: str, circle_id: int) -> HttpResponse:
    """Remove a circle; its people stay."""
    circle = circles.get(sort, ids.parse(circle_id))

    def save() -> str:
        circles.remove(access_of(request), sort, circle.pk, via="page")
        return _("“%(name)s” is removed.") % {"name": circle.name}

    context = {
        "title": _("Remove “%(name)s”?") % {"name": circle.name},
        "item": SORTS[sort].item,
        "is_danger": True,
        "save_text": _("Remove"),
        "words": _("Its people stay. What was shared with it is no longer shared.")
        if sort == GROUP
        else _("Its people stay."),
    }
    return ask(
        request, "structure/ask_removal.html", context, save=save, back=reverse(f"structure:{sort}_list")
    )


def numbers(values: list[str]) -> frozenset[int]:
    """The ids of a form. Raises `NotFound` for what is none."""
    return frozenset(ids.parse(value) for value in values if value)


def person_rows(members: frozenset[int], leaders: frozenset[int] = frozenset()) -> list[dict[str, Any]]:
    """The people of a circle by name, as its page lists them."""
    found = [person for person in directory.people().values() if person.id in members]
    return [
        {"person": person, "leads": person.id in leaders}
        for person in sorted(found, key=lambda person: person.name.casefold())
    ]


def others(members: frozenset[int]) -> list[tuple[str, str]]:
    """Whom one may add: the active people who are not in yet."""
    free = [(str(person.id), person.name) for person in directory.active() if person.id not in members]
    return [("", "—"), *free]


def _read(request: HttpRequest) -> CircleDraft:
    sent = request.POST
    gone = numbers([sent.get("drop", "")])
    members = (numbers(sent.getlist("member")) | numbers(sent.getlist("add"))) - gone
    return CircleDraft(sent.get("name", ""), members, numbers(sent.getlist("leader")) & members)


def _shown(
    request: HttpRequest, sort: str, circle: Any, draft: CircleDraft | None, refusal: Invalid | None = None
) -> HttpResponse:
    errors = (
        {name: [str(word) for word in words] for name, words in refusal.fields.items()} if refusal else {}
    )
    context = {
        "sort": sort,
        "about": SORTS[sort],
        "circles": circles.all_of(sort),
        "circle": circle,
        "draft": draft,
        "rows": person_rows(draft.members, draft.leaders) if draft else [],
        "others": others(draft.members) if draft else [],
        "may_add_users": access_of(request).has(USERS.name),
        "errors": errors,
        "settings_item": SORTS[sort].item,
    }
    return page(request, "structure/circles.html", context, status=422 if errors else 200)
