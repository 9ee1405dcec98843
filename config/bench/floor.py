"""The floor under each page: the least that could answer it on this server.

An empty view, one bare SQL statement for the page's rows, and the page's bytes put together by plain string
formatting. Mounted only while OPORA_BENCH=1.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from opora.kit.errors import NotFound
from opora.kit.ids import new_id
from opora.kit.text import fold
from opora.people.guards import public_without_form
from opora.records.screens.board import CARDS
from opora.tenancy.context import require_project

NEWEST = "SELECT id, title, stage_id, next_step_at, phones, city, responsible_id FROM contacts_contact"
DEALS = (
    "SELECT id, title, amount, currency, stage_id, responsible_id, next_step_at, contact_id FROM deals_deal"
)


def rows_of(name: str, asked: Any) -> Sequence[tuple[Any, ...]]:
    """The rows a page shows, by one statement."""
    with connection.cursor() as cursor:
        if name == "list":
            cursor.execute(f"{NEWEST} WHERE trashed_at IS NULL ORDER BY stamp DESC, id DESC LIMIT 50")
        elif name == "deals":
            cursor.execute(f"{DEALS} WHERE trashed_at IS NULL ORDER BY stamp DESC, id DESC LIMIT 50")
        elif name == "search":
            cursor.execute(*_found(asked["q"]))
        elif name == "card":
            cursor.execute(FEED, [asked["id"], asked["id"]])
        elif name == "board":
            cursor.execute(*_columns(asked["stages"].split(",")))
        else:
            raise NotFound()
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


FEED = """
SELECT c.title, c.phones, c.city, e.name, e.at, e.actor_id, e.changes
FROM contacts_contact c LEFT JOIN timeline_eventlink l ON l.kind = 'contact' AND l.record_id = c.id
LEFT JOIN timeline_event e ON e.id = l.event_id WHERE c.id = %s AND (l.id IS NULL OR l.record_id = %s)
ORDER BY l.event_id DESC LIMIT 50
"""


def _found(text: str) -> tuple[str, list[Any]]:
    folded = fold(text)
    holding = " AND ".join("s.text LIKE %s" for _word in folded.split())
    params: list[Any] = [f"%{word}%" for word in folded.split()]
    if connection.vendor == "sqlite":
        grams = dict.fromkeys(w[i : i + 3] for w in folded.split() for i in range(len(w) - 2))
        holding += " AND s.id IN (SELECT rowid FROM records_search_fts WHERE records_search_fts MATCH %s)"
        params.append(" AND ".join(f'text : "{gram}"' for gram in grams))
    return f"{FOUND} WHERE {holding} ORDER BY s.stamp DESC LIMIT 20", params


FOUND = """
SELECT c.id, c.title, c.stage_id, c.next_step_at, c.phones, c.city, c.responsible_id
FROM contacts_contact c JOIN records_searchrow s ON s.record_id = c.id
"""


def _columns(stages: Sequence[str]) -> tuple[str, list[Any]]:
    newest = f"{DEALS} WHERE stage_id = %s AND trashed_at IS NULL ORDER BY stamp DESC, id DESC LIMIT {CARDS}"
    return " UNION ALL ".join(["SELECT * FROM (" + newest + ") q"] * len(stages)), list(stages)  # noqa: S608


@public_without_form
def empty(request: HttpRequest) -> HttpResponse:
    """Nothing at all: what server, middleware and project cost."""
    return HttpResponse("")


@public_without_form
def read(request: HttpRequest, name: str) -> HttpResponse:
    """The rows of a page, formatted into as many bytes as the page has (`?bytes=`, `?json=1`)."""
    _only_in_demos()
    rows = rows_of(name, request.GET)
    is_json = "json" in request.GET
    row = _row(int(request.GET["bytes"]) // max(1, len(rows)), is_json)
    body = "".join([row % (each[0], str(each[1:])) for each in rows])
    return HttpResponse(f"[{body}]" if is_json else body, content_type=_TYPE[is_json])


_TYPE = {True: "application/json", False: "text/html; charset=utf-8"}


@cache
def _row(size: int, is_json: bool) -> str:
    """The template of a row, with about as much around its values as the page has (a value is some 150 bytes)."""
    filler = "x" * max(0, size - 210)
    if is_json:
        return '{"id": "%s", "rest": "%s", "more": ' + json.dumps(filler) + "},"
    return '<tr data-id="%s"><td>%s</td><td>' + filler + "</td></tr>"


WRITE = "INSERT INTO contacts_contact ({names}) SELECT {values} FROM contacts_contact WHERE id = %s"


@csrf_exempt
@public_without_form
def write(request: HttpRequest) -> HttpResponse:
    """One row written by one statement, into the table with all its indexes: a copy of a contact that stands there."""
    _only_in_demos()
    with connection.cursor() as cursor:
        names = _names()
        sql = WRITE.format(names=", ".join(names), values=", ".join(["%s", *names[1:]]))
        cursor.execute(sql, [new_id(), request.GET["id"]])
    return HttpResponse("", status=201)


@cache
def _names() -> list[str]:
    with connection.cursor() as cursor:
        found = [
            column.name
            for column in connection.introspection.get_table_description(cursor, "contacts_contact")
        ]
    return ["id", *(f'"{name}"' for name in found if name != "id")]


def _only_in_demos() -> None:
    """Rights are not asked here, so a customer's project has no such pages even if the variable is set by mistake."""
    if not require_project().is_demo:
        raise NotFound()


urlpatterns = [
    path("empty/", empty),
    path("write/", write),
    path("<slug:name>/", read),
]
