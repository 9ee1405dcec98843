"""The addresses below a kind's list that every card and form has; a kind's app adds its own."""

from django.urls import URLPattern, path

from opora.records.kinds import Kind
from opora.records.screens import cards, checklist, composer, fields, forms, moves, sharing


def card_urls(kind: Kind) -> list[URLPattern]:
    """The form of a new record, the card, and what is done on it."""
    return [
        *new_urls(kind),
        _below(kind, "", cards.card, "card"),
        _below(kind, "feed/", cards.card_feed, "feed"),
        _below(kind, "access/", cards.access, "access"),
        _below(kind, "sharing/", sharing.sharing, "sharing"),
        _below(kind, "fields/<str:name>/", fields.field, "field"),
        _below(kind, "responsible/", moves.responsible, "responsible"),
        _below(kind, "taking/", moves.taking, "taking"),
        _below(kind, "trash/", moves.trash, "trash"),
        _below(kind, "restoration/", moves.restoration, "restoration"),
        *([_below(kind, "stage/", moves.stage, "stage")] if kind.has_stages else []),
        *([_below(kind, "checklist/", checklist.tick, "checklist")] if kind.has_stages else []),
        *(composer_urls(kind) if kind.name != "task" else []),
    ]


def new_urls(kind: Kind) -> list[URLPattern]:
    """The form of a new record, and the records its fields may name."""
    named = {"kind": kind.name}
    return [
        path(f"{kind.url}/new/", forms.new, named, name="new"),
        path(f"{kind.url}/options/<str:name>/", forms.options, named, name="options"),
    ]


def composer_urls(kind: Kind) -> list[URLPattern]:
    """Notes and tasks written on a card."""
    return [
        _below(kind, "notes/", composer.note, "notes"),
        _below(kind, "tasks/", composer.task, "tasks"),
    ]


def _below(kind: Kind, rest: str, view: object, name: str) -> URLPattern:
    return path(f"{kind.url}/<int:record_id>/{rest}", view, {"kind": kind.name}, name=name)  # type: ignore[call-overload, no-any-return]
