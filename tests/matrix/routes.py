"""The permission table: every route and operation of the API, who may use it, and what everybody else is answered.

A row is a method, a route as it stands in the product, an audience and, for writes, a body that is valid, so that a
refusal has one reason (R15.01, R15.02). Records belong to `manager` and are open to nobody else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ACTORS = (
    "anonymous", "activation", "off", "dismissed", "wrong_address", "right_address", "manager", "colleague",
    "stranger", "head", "other_head", "director", "key_read", "key_write", "key_leads", "foreigner",
    "halfway", "without_factor",
)  # fmt: skip
OUTSIDE = {
    "anonymous": 302, "activation": 403, "off": 403, "dismissed": 403, "wrong_address": 403, "foreigner": 302,
    "key_read": 302, "key_write": 302, "key_leads": 302, "halfway": 302, "without_factor": 302,
}  # fmt: skip
NO_KEY = {
    "anonymous": 401,
    "activation": 403,
    "off": 403,
    "dismissed": 403,
    "wrong_address": 403,
    "foreigner": 401,
    "halfway": 401,
    "without_factor": 403,
}
RECOVERY_CODE = "AAAABBBBCCCCDDDD"
A_FILE = "<a file>"
"""Stands for a file in what a row sends; such a row is sent as a form with parts, by the API too."""
OK = 0
"""Stands for the row's own answer to whoever may."""


def _everyone(**others: int) -> dict[str, int]:
    return {actor: others.get(actor, OK) for actor in ACTORS}


def _reached(**others: int) -> dict[str, int]:
    unseen = {"right_address": 404, "stranger": 404, "other_head": 404}
    return _everyone(**{**OUTSIDE, **unseen, **others})


def _by_api(**others: int) -> dict[str, int]:
    return _everyone(**{**NO_KEY, **others})


UNSEEN = {"right_address": 404, "stranger": 404, "other_head": 404}
NOT_SET_UP = dict.fromkeys(("right_address", "manager", "colleague", "stranger", "head", "other_head"), 403)
AUDIENCES: Mapping[str, dict[str, int]] = {
    "anyone": _everyone(),
    "visitors": _everyone(**dict.fromkeys(("key_read", "key_write", "key_leads", "right_address", "manager", "colleague", "stranger", "head", "other_head", "director", "without_factor"), 302)),
    "who is halfway in": {actor: OK if actor == "halfway" else 302 for actor in ACTORS},
    "people": _everyone(**OUTSIDE),
    "people before all else": _everyone(**{**OUTSIDE, "without_factor": OK}),
    "who sees it": _reached(),
    "who may change it": _reached(colleague=403),
    "who finds it": _reached(colleague=404),
    "its writer": _reached(colleague=403, head=403),
    "its owner": _reached(colleague=404, head=404, director=404),
    "who sets up": _everyone(**OUTSIDE, **NOT_SET_UP),
    "who manages users": _everyone(**OUTSIDE, **{a: 403 for a in NOT_SET_UP if a not in ("head", "other_head")}),
    "who manages this user": _everyone(**OUTSIDE, **{a: 403 for a in NOT_SET_UP if a not in ("head", "other_head")}, other_head=404),
    "programs": _by_api(key_leads=403),
    "described": _by_api(key_read=401, key_write=401, key_leads=401),
    "programs that write": _by_api(key_read=403, key_leads=403),
    "programs that see it": _by_api(**UNSEEN, key_leads=403),
    "programs that may change it": _by_api(**UNSEEN, colleague=403, key_read=403, key_leads=403),
    "programs that may write on it": _by_api(**UNSEEN, key_read=403, key_leads=403),
    "programs of its writer": _by_api(**UNSEEN, colleague=403, head=403, key_read=403, key_leads=403),
    "programs that take": _by_api(key_read=404, key_leads=403),
    "leads": _by_api(**dict.fromkeys(("right_address", "manager", "colleague", "stranger", "head", "other_head", "director"), 401), key_read=403, key_write=403),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of the table. `words` fill the route's own parts beside the record; `status` is the good answer."""

    method: str
    route: str
    audience: str
    status: int = 200
    body: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    query: str = ""

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/v1/")

    @property
    def has_file(self) -> bool:
        """Whether the row sends a file."""
        return A_FILE in self.body.values()

    def expected(self, actor: str) -> int:
        """The status this actor is answered with."""
        return AUDIENCES[self.audience][actor] or self.status


def _kind(url: str, name: str, named: str, new: Mapping[str, str], one: str) -> Iterator[Row]:
    seen, changed = "who sees it", "who may change it"
    job, number, below = {"job": "{job_" + name + "}"}, {"number": one}, {"record_id": one}
    for rest in ("rows/", "counts/", "condition/", "found/", "new/"):
        yield Row("GET", f"{url}/{rest}", "people")
    yield Row("POST", f"{url}/new/", "people", 302, new)
    yield Row("POST", f"{url}/bulk/", "people", 302, {"verb": "trash", "ids": one})
    yield Row("GET", f"{url}/bulk/<str:job>/", "its owner", words=job)
    yield Row("POST", f"{url}/bulk/<str:job>/undo/", "people", 404, words=job)
    yield Row("GET", f"{url}/<str:number>/peek/", seen, 302, words=number)
    yield Row(
        "GET", f"{url}/options/<str:name>/", "people", 404 if name == "task" else 200, words={"name": named}
    )
    for rest in ("", "feed/", "access/", "files/"):
        yield Row("GET", f"{url}/<int:record_id>/{rest}", seen, words=below)
    yield Row("POST", f"{url}/<int:record_id>/files/", seen, 302, {"file": A_FILE}, below)
    text = {"contact": "city", "deal": "title", "task": "title"}[name]
    for rest, body in (("fields/<str:name>/", {text: "Уфа"}), ("responsible/", {"to": "{manager}"})):
        words = {**below, "name": text}
        yield Row("GET", f"{url}/<int:record_id>/{rest}", changed, words=words)
        yield Row("POST", f"{url}/<int:record_id>/{rest}", changed, 302, body, words)
    yield Row("POST", f"{url}/<int:record_id>/trash/", changed, 302, words=below)
    yield Row(
        "POST",
        f"{url}/<int:record_id>/restoration/",
        changed,
        302,
        words={"record_id": "{trashed_" + name + "}"},
    )
    yield Row(
        "POST", f"{url}/<int:record_id>/taking/", "people", 302, words={"record_id": "{free_" + name + "}"}
    )
    yield Row("GET", f"{url}/<int:record_id>/sharing/", changed, words=below)
    yield Row("POST", f"{url}/<int:record_id>/sharing/", changed, 302, {"everyone": "read"}, below)
    if name == "contact":
        yield Row("POST", f"{url}/<int:record_id>/photo/", changed, 302, {"gone": "1"}, below)
        yield Row("POST", f"{url}/<int:record_id>/type/", changed, 302, {"type": "person"}, below)
        yield Row("GET", f"{url}/<int:record_id>/companies/", changed, words=below)
        yield Row("POST", f"{url}/<int:record_id>/companies/", changed, 302, {"company": "{firm}"}, below)
        yield Row("POST", f"{url}/<int:record_id>/companies/out/", changed, 404, {"company": "1"}, below)
        yield Row("GET", f"{url}/<int:record_id>/people/", seen, 404, words=below)
        yield Row("POST", f"{url}/<int:record_id>/people/", seen, 404, {"company": "1"}, below)
        yield Row("POST", f"{url}/<int:record_id>/aside/", changed, 302, words=below)
        yield Row("POST", f"{url}/<int:record_id>/return/", changed, 302, words=below)
    if name in ("contact", "deal"):
        yield Row("POST", f"{url}/<int:record_id>/tags/", changed, 302, {"add": "VIP"}, below)
    if name != "task":
        yield Row("GET", f"{url}/<int:record_id>/stage/", changed, words=below)
        yield Row(
            "POST", f"{url}/<int:record_id>/stage/", changed, 302, {"stage": "{stage_" + name + "}"}, below
        )
        yield Row(
            "POST", f"{url}/<int:record_id>/checklist/", changed, 302, {"item": "talk0", "done": "1"}, below
        )
        yield Row("POST", f"{url}/<int:record_id>/notes/", seen, 302, {"text": "Заметка"}, below)
        yield Row("POST", f"{url}/<int:record_id>/tasks/", seen, 302, {"title": "Задача", "soon": "1"}, below)


def _api(
    url: str, name: str, new: Mapping[str, str], one: str, verbs: Mapping[str, Mapping[str, str]]
) -> Iterator[Row]:
    below, at = {"record_id": one}, f"api/v1/{url}/<record_id>"
    seen, changed = "programs that see it", "programs that may change it"
    on_a_card = name in ("note", "file")
    if on_a_card:
        changed = "programs of its writer"
    text = {"contact": "city", "deal": "title", "task": "title", "note": "text", "file": "title"}[name]
    yield Row("GET", f"api/v1/{url}", "programs")
    yield Row(
        "POST",
        f"api/v1/{url}",
        "programs that write" if not on_a_card else "programs that may write on it",
        201,
        new,
    )
    yield Row("GET", at, seen, words=below)
    yield Row("GET", f"{at}/feed", seen, words=below)
    yield Row("PATCH", at, changed, 200 if name != "file" else 422, {text: "Уфа"}, below)
    yield Row("DELETE", at, changed, words=below)
    shared = {"share": {"everyone": "read", "shares": {}}} if not on_a_card else {}
    for verb, body in {**verbs, **shared}.items():
        words = {"record_id": "{trashed_" + name + "}"} if verb == "restore" else below
        yield Row("POST", f"{at}/{verb}", changed, 200, body, words)


CONTACT, DEAL, TASK = "{contact}", "{deal}", "{task}"
SETTINGS = "who sets up"
TAGS = {"kind": "contact", "field": "tags"}
ABSENT = dict.fromkeys(("circle_id", "department_id", "session_id", "token_id", "range_id"), "1")
ROWS: tuple[Row, ...] = (
    Row("GET", "", "people"),
    *(Row("GET", path, "people") for path in ("counts/", "colors.css", "more/", "search/", "help/", "password/")),
    *(Row("GET", "help/<slug:slug>/", "people", words={"slug": slug}) for slug in ("keys", "leads", "roles")),
    Row("GET", "sign-in/", "visitors"),
    Row("POST", "sign-in/", "anyone", 302, {"login": "head", "password": "{password}"}),
    Row("GET", "second-step/", "who is halfway in"),
    Row("POST", "second-step/", "anyone", 302, {"code": RECOVERY_CODE}),
    Row("POST", "sign-out/", "people", 302),
    Row("GET", "profile/email/", "people"),
    Row("POST", "profile/email/", "people", 403, {"email": "new@example.com", "password": "{password}"}),
    Row("POST", "profile/email/cancel/", "people", 302),
    Row("POST", "profile/letters/", "people", 302, {"on": "1"}),
    Row("GET", "profile/factor/", "people before all else"),
    Row("POST", "profile/factor/", "people before all else", 422, {"password": "{password}", "code": "000000"}),
    *(Row("GET", f"profile/factor/{part}/", "people", 403) for part in ("codes", "removal")),
    *(Row("POST", f"profile/factor/{part}/", "people", 403, {"password": "{password}", "code": "000000"}) for part in ("codes", "removal")),
    Row("POST", "settings/users/<int:user_id>/factor/", "who manages this user", 302, words={"user_id": "{manager}"}),
    Row("GET", "forgot/", "anyone"),
    Row("GET", "link/<str:key>/", "anyone", 404, words={"key": "nosuchlink"}),
    Row("POST", "language/", "anyone", 302, {"language": "en"}),
    Row("POST", "theme/", "anyone", 302, {"theme": "dark"}),
    Row("POST", "password/", "people", 302, {"current": "{password}", "password": "совсем новый 77", "again": "совсем новый 77"}),
    Row("GET", "settings/users/", "who manages users"),
    Row("GET", "settings/users/new/", "who manages users"),
    Row("POST", "settings/users/new/", "who manages users", 302, {"first_name": "Ирина", "login": "irina", "email": "i@example.com", "password": "крепкий пароль", "kind": "manager"}),
    Row("GET", "settings/users/<int:user_id>/", "who manages this user", words={"user_id": "{manager}"}),
    Row("POST", "settings/users/<int:user_id>/", "who manages this user", 302, {"first_name": "Жанна", "login": "manager", "email": "manager@example.com", "kind": "manager", "role": "{role}", "head": "{head}", "status": "active"}, {"user_id": "{manager}"}),
    Row("GET", "settings/users/<int:user_id>/password/", "who manages this user", words={"user_id": "{manager}"}),
    Row("POST", "settings/users/<int:user_id>/password/", "who manages this user", 302, {"password": "крепкий пароль"}, {"user_id": "{manager}"}),
    Row("POST", "settings/users/<int:user_id>/link/", "who manages this user", 200, words={"user_id": "{manager}"}),
    Row("POST", "settings/users/<int:user_id>/dismissal/", SETTINGS, 409, words={"user_id": "{manager}"}),
    Row("GET", "settings/roles/", SETTINGS),
    Row("GET", "settings/roles/new/", SETTINGS),
    Row("GET", "settings/roles/<int:role_id>/", SETTINGS, words={"role_id": "{role}"}),
    Row("POST", "settings/roles/<int:role_id>/changes/", SETTINGS, words={"role_id": "{role}"}),
    Row("POST", "settings/roles/<int:role_id>/removal/", SETTINGS, 422, words={"role_id": "{role}"}),
    *(Row("GET", f"settings/{part}", SETTINGS) for circles in ("groups", "categories", "branches", "departments") for part in (f"{circles}/", f"{circles}/new/")),
    *(Row("POST", f"settings/{circles}/new/", SETTINGS, 302, {"name": "Север"}) for circles in ("groups", "categories", "branches", "departments")),
    *(Row(method, f"settings/{circles}/<int:circle_id>/{rest}", SETTINGS, 404, words=ABSENT) for circles in ("groups", "categories", "branches") for method, rest in (("GET", ""), ("POST", ""), ("POST", "removal/"))),
    *(Row(method, f"settings/departments/<int:department_id>/{rest}", SETTINGS, 404, words=ABSENT) for method, rest in (("GET", ""), ("POST", ""), ("POST", "parent/"), ("POST", "removal/"))),
    Row("GET", "settings/modules/", SETTINGS),
    *(Row("GET", f"profile/{part}", "people") for part in ("", "entry/", "keys/")),
    Row("POST", "profile/entry/ending/", "people", 302),
    Row("POST", "profile/entry/<int:session_id>/ending/", "people", 404, words=ABSENT),
    Row("POST", "profile/keys/<int:token_id>/revoking/", "people", 404, words=ABSENT),
    Row("GET", "settings/keys/", SETTINGS),
    Row("POST", "settings/users/<int:user_id>/sessions/", "who manages this user", 302, words={"user_id": "{manager}"}),
    Row("GET", "settings/roles/presets/", SETTINGS),
    Row("GET", "settings/log/", SETTINGS),
    Row("POST", "settings/log/export/", SETTINGS, 302),
    Row("GET", "settings/log/<int:entry_id>/", SETTINGS, 404, words={"entry_id": "1"}),
    *(Row("GET", f"settings/log/export/<int:job_id>/{rest}", SETTINGS, 404, words={"job_id": "1"}) for rest in ("", "file/")),
    Row("GET", "settings/check/", SETTINGS),
    Row("POST", "settings/check/begin/", SETTINGS, 302, {"person": "{manager}"}),
    Row("POST", "settings/check/end/", "people", 302),
    Row("GET", "bell/", "people"),
    Row("GET", "settings/security/", SETTINGS),
    Row("POST", "settings/security/rules/", SETTINGS, 302, {"password_length": "12", "idle_minutes": "60", "session_days": "7"}),
    Row("POST", "settings/security/<int:range_id>/removal/", SETTINGS, 404, words=ABSENT),
    Row("GET", "settings/mail/", SETTINGS),
    Row("POST", "settings/mail/check/", SETTINGS, 422, {"to": "i@example.com"}),
    Row("GET", "views/new/", "people", query="kind=contact"),
    Row("POST", "views/new/", "people", 302, {"kind": "contact", "name": "Мой вид"}),
    Row("POST", "views/<str:number>/", "its owner", 302, {"name": "Иначе"}, {"number": "{view}"}),
    Row("POST", "views/<str:number>/pin/", "its owner", 302, words={"number": "{view}"}),
    Row("POST", "views/<str:number>/removal/", "its owner", 302, words={"number": "{view}"}),
    Row("POST", "undo/<str:operation>/", "its owner", 302, words={"operation": "{operation}"}),
    Row("GET", "contacts/", "people"),
    Row("GET", "tasks/", "people"),
    Row("GET", "deals/", "people"),
    Row("GET", "deals/list/", "people"),
    *(Row("GET", f"deals/board/{part}", "people") for part in ("", "heads/", "tabs/")),
    Row("GET", "deals/board/more/", "people", query="stage={stage_deal}"),
    Row("GET", "deals/board/changes/", "people", query="ids={deal}"),
    Row("POST", "deals/board/quick/", "people", 302, {"stage": "{stage_deal}", "title": "Печь"}),
    *_kind("contacts", "contact", "company", {"first_name": "Пётр"}, CONTACT),
    Row("GET", "contacts/duplicates/", "people"),
    Row("POST", "contacts/duplicates/typed/", "people", 200, {"first_name": "Артём"}),
    Row("POST", "contacts/duplicates/look/", "people", 302),
    Row("POST", "contacts/duplicates/apart/", "who finds it", 302, {"ids": [CONTACT, "{twin}"]}),
    Row("GET", "contacts/duplicates/merge/", "who finds it", query="ids={contact},{twin}"),
    Row("POST", "contacts/duplicates/merge/", "who finds it", 302, {"ids": "{contact},{twin}"}),
    Row("POST", "contacts/duplicates/merges/<int:merge_id>/undoing/", "people", 404, words={"merge_id": "1"}),
    *_kind("deals", "deal", "contact", {"title": "Печь"}, DEAL),
    Row("GET", "deals/forecast/", "people"),
    Row("GET", "deals/<int:record_id>/people/", "who may change it", words={"record_id": DEAL}),
    Row("POST", "deals/<int:record_id>/people/", "who may change it", 302, {"contact": "{contact}", "role": "Платит"}, {"record_id": DEAL}),
    Row("POST", "deals/<int:record_id>/people/out/", "who may change it", 302, {"contact": "{guest}"}, {"record_id": DEAL}),
    *_kind("tasks", "task", "responsible", {"title": "Звонок"}, TASK),
    *(Row("POST", f"tasks/<int:record_id>/{verb}/", "who may change it", 302, words={"record_id": TASK}) for verb in ("closing", "reopening")),
    *(Row("GET", f"settings/{path}", SETTINGS) for path in ("", "stages/", "fields/", "processes/new/", "sections/new/", "fields/new/")),
    *(Row("GET", f"files/<int:record_id>/{rest}", "who sees it", words={"record_id": "{file}"}) for rest in ("", "preview/")),
    Row("POST", "files/<int:record_id>/trash/", "its writer", 302, words={"record_id": "{file}"}),
    Row("GET", "settings/files/", SETTINGS),
    Row("POST", "settings/files/", SETTINGS, 302, {"file_mb": "50", "files_gb": "10"}),
    Row("POST", "settings/files/<slug:name>/", SETTINGS, 302, {"on": ""}, {"name": "archives"}),
    Row("POST", "settings/", SETTINGS, 302, {"language": "ru", "time_zone": "Europe/Moscow", "currency": "RUB", "name": "Проект t1"}),
    Row("POST", "settings/switches/<slug:name>/", SETTINGS, 302, {"on": "1"}, {"name": "day_funnel"}),
    Row("GET", "settings/stages/new/", SETTINGS, query="process={process}"),
    Row("POST", "settings/stages/new/", SETTINGS, 302, {"name": "Этап", "color": "sky", "probability": "5"}, query="process={process}"),
    Row("POST", "settings/stages/order/", SETTINGS, 302, {"ids": "{stage_deal}"}),
    Row("GET", "settings/stages/<int:stage_id>/", SETTINGS, words={"stage_id": "{stage_deal}"}),
    Row("POST", "settings/stages/<int:stage_id>/", SETTINGS, 302, {"name": "Этап", "color": "sky", "probability": "5"}, {"stage_id": "{stage_deal}"}),
    Row("GET", "settings/stages/<int:stage_id>/rules/", SETTINGS, words={"stage_id": "{stage_deal}"}),
    Row("POST", "settings/stages/<int:stage_id>/rules/", SETTINGS, 302, {"asks_reason": "1"}, {"stage_id": "{stage_deal}"}),
    Row("POST", "settings/stages/<int:stage_id>/step/", SETTINGS, 302, {"by": "up"}, {"stage_id": "{stage_deal}"}),
    Row("GET", "settings/stages/<int:stage_id>/removal/", SETTINGS, words={"stage_id": "{stage_deal}"}),
    Row("POST", "settings/stages/<int:stage_id>/removal/", SETTINGS, 302, {}, {"stage_id": "{empty_stage}"}),
    *(Row("GET", f"settings/{path}", SETTINGS) for path in ("reasons/", "currencies/")),
    Row("GET", "settings/lists/", SETTINGS),
    Row("GET", "settings/lists/<slug:kind>/<slug:field>/new/", SETTINGS, words=TAGS),
    Row("POST", "settings/lists/<slug:kind>/<slug:field>/new/", SETTINGS, 302, {"name": "VIP", "color": "pink"}, TAGS),
    Row("POST", "settings/lists/<slug:kind>/<slug:field>/order/", SETTINGS, 302, {"ids": "{entry}"}, TAGS),
    Row("POST", "settings/lists/<slug:kind>/<slug:field>/usual/", SETTINGS, 302, {}, {"kind": "contact", "field": "temperature"}),
    Row("GET", "settings/lists/entries/<int:entry_id>/", SETTINGS, words={"entry_id": "{entry}"}),
    Row("POST", "settings/lists/entries/<int:entry_id>/", SETTINGS, 302, {"name": "Пекарня", "color": "teal"}, {"entry_id": "{entry}"}),
    Row("POST", "settings/lists/entries/<int:entry_id>/step/", SETTINGS, 302, {"by": "up"}, {"entry_id": "{entry}"}),
    Row("POST", "settings/lists/entries/<int:entry_id>/removal/", SETTINGS, 302, {}, {"entry_id": "{entry}"}),
    Row("POST", "settings/currencies/", SETTINGS, 302, {"currencies": "USD", "rates_from": "", "rate_USD": "81,5"}),
    Row("POST", "settings/currencies/fetching/", SETTINGS, 302),
    Row("POST", "settings/processes/new/", SETTINGS, 302, {"name": "Ещё"}, query="kind=deal"),
    Row("GET", "settings/processes/<int:process_id>/", SETTINGS, words={"process_id": "{process}"}),
    Row("POST", "settings/processes/<int:process_id>/", SETTINGS, 302, {"name": "Иначе"}, {"process_id": "{process}"}),
    Row("POST", "settings/processes/<int:process_id>/step/", SETTINGS, 302, {"by": "down"}, {"process_id": "{process}"}),
    Row("GET", "settings/processes/<int:process_id>/removal/", SETTINGS, words={"process_id": "{process}"}),
    Row("POST", "settings/processes/<int:process_id>/removal/", SETTINGS, 302, {}, {"process_id": "{empty_process}"}),
    Row("POST", "settings/fields/new/", SETTINGS, 302, {"label": "Поле", "type": "text", "section": "{section}"}, query="kind=contact"),
    Row("POST", "settings/fields/order/", SETTINGS, 302, {"ids": "s:main"}, query="kind=contact"),
    Row("POST", "settings/fields/preview/", SETTINGS, 200, {"label": "Поле", "type": "text"}, query="kind=contact"),
    Row("GET", "settings/fields/<int:field_id>/", SETTINGS, words={"field_id": "{field}"}),
    Row("POST", "settings/fields/<int:field_id>/", SETTINGS, 302, {"label": "Поле", "section": "{section}"}, {"field_id": "{field}"}),
    Row("GET", "settings/fields/<int:field_id>/removal/", SETTINGS, words={"field_id": "{field}"}),
    Row("POST", "settings/fields/<int:field_id>/removal/", SETTINGS, 302, {}, {"field_id": "{field}"}),
    Row("POST", "settings/fields/<int:field_id>/comeback/", SETTINGS, 302, {}, {"field_id": "{gone_field}"}),
    Row("GET", "settings/fields/<slug:kind>/<slug:name>/", SETTINGS, words={"kind": "contact", "name": "city"}),
    Row("POST", "settings/fields/<slug:kind>/<slug:name>/", SETTINGS, 302, {"label": "Город", "is_shown": "1"}, {"kind": "contact", "name": "city"}),
    Row("POST", "settings/fields/<slug:kind>/<slug:name>/step/", SETTINGS, 302, {"by": "up"}, {"kind": "contact", "name": "city"}),
    Row("POST", "settings/sections/new/", SETTINGS, 302, {"label": "Раздел"}, query="kind=contact"),
    Row("GET", "settings/sections/<int:section_id>/", SETTINGS, words={"section_id": "{section}"}),
    Row("POST", "settings/sections/<int:section_id>/", SETTINGS, 302, {"label": "Раздел"}, {"section_id": "{section}"}),
    Row("POST", "settings/sections/<int:section_id>/step/", SETTINGS, 302, {"by": "up"}, {"section_id": "{section}"}),
    Row("GET", "settings/sections/<int:section_id>/removal/", SETTINGS, words={"section_id": "{spare_section}"}),
    Row("POST", "settings/sections/<int:section_id>/removal/", SETTINGS, 302, {}, {"section_id": "{spare_section}"}),
    Row("POST", "api/v1/leads", "leads", 201, {"name": "Анна", "phone": "+79170004821"}),
    Row("POST", "api/v1/leads/", "leads", 201, {"name": "Анна", "phone": "+79170004821"}),
    Row("GET", "api/v1/openapi.json", "described"),
    Row("GET", "api/v1/docs/", "described"),
    Row("GET", "api/v1/me", "programs"),
    Row("GET", "api/v1/definitions", "programs"),
    Row("GET", "api/v1/search", "programs", query="q=печь"),
    *_api("contacts", "contact", {"first_name": "Пётр"}, CONTACT, {"tag": {"add": ["VIP"]}, "join": {"company": "{firm}"}, "set_aside": {}, "bring_back": {}, "move": {"stage": "{stage_contact}"}, "check": {"item": "talk0"}, "hand_over": {"to": "{manager}"}, "restore": {}}),
    Row("POST", "api/v1/contacts/<record_id>/merge", "programs that may change it", 200, {"sources": ["{twin}"]}, {"record_id": CONTACT}),
    Row("POST", "api/v1/contacts/<record_id>/leave", "programs that may change it", 404, {"company": "1"}, {"record_id": CONTACT}),
    Row("POST", "api/v1/contacts/<record_id>/unmerge", "programs that may change it", 404, {"merge": "1"}, {"record_id": CONTACT}),
    *_api("deals", "deal", {"title": "Печь"}, DEAL, {"tag": {"add": ["VIP"]}, "move": {"stage": "{stage_deal}"}, "check": {"item": "talk0"}, "hand_over": {"to": "{manager}"}, "restore": {}, "involve": {"contact": "{contact}"}, "release": {"contact": "{guest}"}}),
    *_api("tasks", "task", {"title": "Звонок"}, TASK, {"hand_over": {"to": "{manager}"}, "restore": {}, "close": {}, "reopen": {}}),
    *_api("files", "file", {"file": A_FILE, "about": "contact:{contact}"}, "{file}", {"restore": {}}),
    Row("GET", "api/v1/files/<record_id>/content", "programs that see it", words={"record_id": "{file}"}),
    *_api("notes", "note", {"text": "Заметка", "about": "contact:{contact}"}, "{note}", {"restore": {}}),
    *(Row("POST", f"api/v1/{url}/<record_id>/take", "programs that take", 200, words={"record_id": "{free_" + name + "}"}) for url, name in (("contacts", "contact"), ("deals", "deal"), ("tasks", "task"))),
)  # fmt: skip
SITE = ("", "healthz", "readyz")
"""Routes around the projects: open to everybody, they know no person."""


def is_page(row: Row) -> bool:
    """Whether a person opens this as a page of its own."""
    parts = (
        "rows/",
        "counts/",
        "condition/",
        "found/",
        "board/",
        "bulk/",
        "peek/",
        "options/",
        "colors.css",
        "files/<",
    )
    return (
        row.method == "GET"
        and row.status == 200
        and not row.is_api
        and not any(part in row.route for part in parts)
    )
