"""Settings › "Отделы и филиалы": the tree of departments, moved by dragging or by the form (T02, R4.05)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from opora.kit import ids
from opora.kit.errors import Invalid
from opora.people import departments, directory
from opora.people.departments import DepartmentDraft
from opora.people.guards import switch
from opora.people.middleware import access_of
from opora.people.models import Department
from opora.people.switches import ROLES
from opora.shell.views.asking import ask
from opora.structure.views.circles import numbers, others, person_rows
from opora.ui import htmx
from opora.ui.render import page

ASKING = ["GET", "HEAD", "POST"]
may_manage = switch(ROLES.name)


@may_manage
@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    """The tree, the first department opened."""
    rows = _tree()
    return _shown(request, rows[0]["one"] if rows else None)


@may_manage
@require_http_methods(ASKING)
def edit(request: HttpRequest, department_id: int) -> HttpResponse:
    """One department: its name, what it is part of, its people."""
    found = departments.get(ids.parse(department_id))
    if request.method != "POST":
        return _shown(request, found)
    sent = request.POST
    members = numbers(sent.getlist("member")) | numbers(sent.getlist("add"))
    left = members - numbers([sent.get("drop", "")])
    draft = DepartmentDraft(
        sent.get("name", ""), _parent(sent.get("parent", "")), left, _parent(sent.get("head", ""))
    )
    try:
        saved = departments.save(access_of(request), found.pk, draft, via="page")
    except Invalid as refusal:
        return _shown(request, found, draft, refusal)
    words = _("“%(name)s” is saved.") % {"name": saved.name}
    return htmx.redirect(request, reverse("structure:department", args=[found.pk]), words)


@may_manage
@require_POST
def move(request: HttpRequest, department_id: int) -> HttpResponse:
    """Put a department into another one, or at the top; the tree's drag and its Alt ← → post here."""
    found = departments.get(ids.parse(department_id))
    draft = DepartmentDraft(found.name, _parent(request.POST.get("parent", "")))
    saved = departments.save(access_of(request), found.pk, draft, via="page")
    words = (
        _("“%(name)s” is now part of “%(parent)s”.") % {"name": saved.name, "parent": saved.parent}
        if saved.parent
        else _("“%(name)s” now stands at the top.") % {"name": saved.name}
    )
    return htmx.redirect(request, reverse("structure:department", args=[found.pk]), words)


@may_manage
@require_http_methods(ASKING)
def create(request: HttpRequest) -> HttpResponse:
    """A new department in the one that is open, or at the top."""

    def save() -> str:
        draft = DepartmentDraft(request.POST.get("name", ""), _parent(request.POST.get("parent", "")))
        made = departments.create(access_of(request), draft, via="page")
        return _("“%(name)s” is added.") % {"name": made.name}

    context = {
        "title": _("New department"),
        "item": "departments",
        "values": {"parent": request.GET.get("in", "")},
        "parents": _parents(_tree()),
    }
    return ask(
        request, "structure/ask_department.html", context, save=save, back=reverse("structure:departments")
    )


@may_manage
@require_http_methods(ASKING)
def removal(request: HttpRequest, department_id: int) -> HttpResponse:
    """Remove a department with nothing below it."""
    found = departments.get(ids.parse(department_id))

    def save() -> str:
        departments.remove(access_of(request), found.pk, via="page")
        return _("“%(name)s” is removed.") % {"name": found.name}

    context = {
        "title": _("Remove “%(name)s”?") % {"name": found.name},
        "item": "departments",
        "is_danger": True,
        "save_text": _("Remove"),
        "words": _("Its people go to the department above."),
    }
    return ask(
        request, "structure/ask_removal.html", context, save=save, back=reverse("structure:departments")
    )


def _parent(text: str) -> int | None:
    return ids.parse(text) if text else None


def _tree() -> list[dict[str, Any]]:
    """The departments in the order of the tree, each with its depth and its people (those below counted too).

    Broken data (a parent that is not there, a circle) can't hang the page: each row is visited once.
    """
    rows, people = departments.by_name(), departments.paths_of_people()
    children: dict[int | None, list[Department]] = {}
    for one in rows:
        children.setdefault(one.parent_id, []).append(one)
    found: list[dict[str, Any]] = []
    seen: set[int] = set()

    def walk(parent: int | None, depth: int) -> None:
        for one in children.get(parent, ()):
            if one.pk in seen:
                continue
            seen.add(one.pk)
            inside = sum(path.startswith(one.path) for path in people)
            head = directory.person(one.head_id)
            found.append({"one": one, "depth": depth, "people": inside, "head": head})
            walk(one.pk, depth + 1)

    walk(None, 0)
    return found


def _parents(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    steps = [(str(row["one"].pk), "\u2003" * row["depth"] + row["one"].name) for row in rows]
    return [("", _("At the top")), *steps]


def _heads(department: Department | None) -> list[tuple[str, str]]:
    """Who may be the head: those who work here, and whoever is it now."""
    people = {one.id: one for one in directory.active()}
    if department and (now := directory.person(department.head_id)):
        people.setdefault(now.id, now)
    return [("", _("nobody")), *((str(one.id), one.name) for one in people.values())]


def _nested(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows as branches: each with `below`."""
    roots: list[dict[str, Any]] = []
    open_rows: list[dict[str, Any]] = []
    for row in rows:
        node = {**row, "below": []}
        del open_rows[row["depth"] :]
        (open_rows[-1]["below"] if open_rows else roots).append(node)
        open_rows.append(node)
    return roots


def _shown(
    request: HttpRequest,
    found: Department | None,
    draft: DepartmentDraft | None = None,
    refusal: Invalid | None = None,
) -> HttpResponse:
    errors = (
        {name: [str(word) for word in words] for name, words in refusal.fields.items()} if refusal else {}
    )
    rows = _tree()
    members = frozenset(departments.members_of(found) if found else ())
    stored = (
        DepartmentDraft(found.name, found.parent_id, None, found.head_id) if found else DepartmentDraft("")
    )
    shown = draft or stored
    inside = f"/{found.pk}/" if found else "//"
    context = {
        "sort": "department",
        "has_leaders": False,
        "nodes": _nested(rows),
        "department": found,
        "draft": shown,
        "rows": person_rows(members),
        "others": others(members),
        "heads": _heads(found),
        "parents": _parents([row for row in rows if inside not in row["one"].path]),
        "errors": errors,
        "settings_item": "departments",
    }
    return page(request, "structure/departments.html", context, status=422 if errors else 200)
