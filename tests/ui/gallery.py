"""Pages that show every component and answer like the product would, without a database: for tests and pictures."""

import json
import queue
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace as Plain
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.template import engines
from django.urls import path
from django.utils import timezone

from opora.kit import errors
from opora.ui import htmx, refusals

PAGES = Path(__file__).with_name("pages")
STAGES = [
    ("1", "Новая заявка", "slate", "done"),
    ("2", "Разговор", "sky", "done"),
    ("3", "КП отправлено", "blue", "now"),
    ("4", "Договор", "violet", ""),
    ("5", "Оплата", "green", ""),
]
PEOPLE = [
    ("11", "Кофейня «Зёрна»", "Ирина Савельева", True, 3, "КП отправлено", "blue", -4),
    ("12", "Столовая № 12", "ООО «Общий стол»", True, 6, "Договор", "violet", -2),
    ("13", "Пекарня «Хлебница»", "Артём Хлебников", True, 3, "КП отправлено", "blue", -1),
    ("14", "+7 917 000-48-21", "звонок 21 ноября, 10:42", False, 0, "Новая заявка", "slate", 0),
    ("15", "Рустам Каримов", "Plov Centre", False, 2, "Разговор", "sky", 2),
    ("16", "Азиза Турсунова", "Sifat Catering", False, 2, "Новая заявка", "slate", None),
]
KEPT = {"phone": "+7 843 000-27-16", "moves": [], "sent": 0, "signed": True, "streams": 0}
STANDS: dict[str, str] = {}
RINGS: list[queue.Queue[str]] = []


def _nav() -> list[Plain]:
    daily = [
        ("today", "Сегодня", "sun-high", True),
        ("contacts", "Контакты", "users", False),
        ("deals", "Сделки", "layout-kanban", False),
        ("tasks", "Задачи", "checkbox", False),
    ]
    items = [Plain(id=i, title=t, url=f"/{i}/", icon=icon, hot=hot) for i, t, icon, hot in daily]
    return [Plain(title="", items=items), Plain(title="Компания", items=[])]


def shell() -> Plain:
    """What the frame shows of the project and the person."""
    groups = [{"title": g.title, "items": g.items} for g in _nav()]
    return Plain(
        project=Plain(name="Тёплый цех", url="/"),
        user=Plain(
            name="Жанна Щукина", short="Жанна", email="zhanna@teply-ceh.example", hue=5, crm_id="40 718 226"
        ),
        nav=groups,
        tabs=[item for group in groups for item in group["items"]][:3],
        favourites=[Plain(title="Без следующего шага", url="/contacts/", color="coral", count=18)],
        create_menu=[
            Plain(title="Контакт", url="/form/", icon="user-plus", key=""),
            Plain(title="Задача", url="/form/?task", icon="square-plus", key="T"),
        ],
        counts_url="/counts/",
        search_url="/search/",
        settings_url="/form/",
        help_url="/gallery/",
        profile_url="/form/",
        bell_url="/gallery/",
        more_url="/gallery/",
        theme_url="/theme/",
        language_url="/language/",
        sign_out_url="/out/",
        live_url="/live/",
        colors_url="",
    )


def context() -> dict[str, Any]:
    """What every page of the gallery shows."""
    now = timezone.now()
    rows = [
        Plain(
            id=i,
            name=name,
            sub=sub,
            company=company,
            hue=hue,
            stage=stage,
            color=color,
            due=None if days is None else now + timedelta(days=days, hours=1),
        )
        for i, name, sub, company, hue, stage, color, days in PEOPLE
    ]
    stages = [Plain(id=i, title=t, color=c, stage="", state=s, attrs={}) for i, t, c, s in STAGES]
    return {"shell": shell(), "now": now, "rows": rows, "stages": stages, "kept": KEPT, "current": "contacts"}


def show(request: HttpRequest, template_name: str, status: int = 200, **more: Any) -> HttpResponse:
    """One of the gallery's templates."""
    template = engines["jinja2"].from_string((PAGES / f"{template_name}.html").read_text("utf-8"))
    return HttpResponse(template.render({**context(), **more}, request), status=status)


def page(request: HttpRequest, name: str, number: str = "") -> HttpResponse:
    """A whole page by its name."""
    return show(request, name)


def peek(request: HttpRequest, number: str) -> HttpResponse:
    """The fragment beside the list."""
    return show(request, "peek", row=next(row for row in context()["rows"] if row.id == number))


def phone(request: HttpRequest) -> HttpResponse:
    """A field of a card: its input on GET, its value after a POST."""
    if request.method == "GET":
        return show(request, "phone_input", value=KEPT["phone"], errors=[])
    value = request.POST["phone"]
    digits = sum(c.isdigit() for c in value)
    if digits != 11:
        words = [f"Нужно 10 цифр после +7, сейчас {digits - 1}"]
        return show(request, "phone_input", status=422, value=value, errors=words)
    KEPT["phone"] = value
    return show(request, "phone")


def search(request: HttpRequest) -> HttpResponse:
    """Options of the palette."""
    return show(request, "search", q=request.GET.get("q", ""))


def move(request: HttpRequest, number: str) -> HttpResponse:
    """A card dropped on a stage; stage 4 refuses."""
    if request.POST["stage"] == "4":
        raise errors.Invalid({"inn": "Для этапа «Договор» нужен ИНН"})
    KEPT["moves"].append([number, request.POST["stage"]])
    STANDS[number] = request.POST["stage"]
    response = HttpResponse(status=204)
    htmx.toast(response, "Сделка — в новом этапе", undo="/undo/")
    return response


def changes(request: HttpRequest) -> HttpResponse:
    """The cards that were asked for, as they are now."""
    ids = request.GET["ids"].split(",")
    parts = [
        show(request, "deal", id=i, name=f"Сделка {i}, этап {STANDS[i]}", stands=STANDS[i])
        for i in ids
        if i in STANDS
    ]
    return HttpResponse(b"".join(part.content for part in parts))


def send(request: HttpRequest) -> HttpResponse:
    """A form: `fail` chooses what goes wrong."""
    fail = request.POST.get("fail", "")
    if fail == "conflict":
        raise errors.Conflict(current={"address": ("Адрес", "ул. Баумана, 27", request.POST["note"])})
    if not KEPT["signed"]:
        raise errors.NotSignedIn()
    if fail == "fault":
        raise ZeroDivisionError("1/0 in /secret/path")
    if fail == "busy":
        raise errors.Busy()
    KEPT["sent"] += 1
    response = HttpResponse("<p>Добавлено</p>")
    htmx.toast(response, "Заметка добавлена", undo="/undo/")
    return response


def form(request: HttpRequest) -> HttpResponse:
    """A whole page with a form."""
    if request.method == "POST" and not KEPT["signed"]:
        raise errors.NotSignedIn()
    return show(request, "form")


def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page: any password is right."""
    if request.method == "GET":
        return show(request, "sign")
    KEPT["signed"] = True
    return HttpResponseRedirect(request.GET.get("next", "/"))


def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    KEPT["signed"] = False
    return HttpResponse(status=204)


def live(request: HttpRequest) -> StreamingHttpResponse:
    """The stream of changes."""
    ring: queue.Queue[str] = queue.Queue()
    RINGS.append(ring)
    KEPT["streams"] += 1

    def messages() -> Iterator[str]:
        yield ": hello\n\n"
        while True:
            yield f"data: {ring.get()}\n\n"

    return StreamingHttpResponse(messages(), content_type="text/event-stream")


def ring(request: HttpRequest) -> HttpResponse:
    """Tells every open stream that contact 42 has changed."""
    KEPT["phone"] = request.GET["phone"]
    for each in RINGS:
        each.put(json.dumps({"kind": "contact", "ids": ["42"]}))
    return HttpResponse(status=204)


def shown_phone(request: HttpRequest) -> HttpResponse:
    """What a page refetches after a ring."""
    return HttpResponse(str(KEPT["phone"]))


def undo(request: HttpRequest) -> HttpResponse:
    """Undoes the last thing."""
    response = HttpResponse(status=204)
    htmx.toast(response, "Отменено")
    return response


def refused(request: HttpRequest, status: int) -> HttpResponse:
    """The refusal page of a status."""
    made: dict[int, errors.Refusal] = {
        403: errors.Forbidden("Удалить контакт"),
        404: errors.NotFound(),
        409: errors.Conflict(current={"a": ("Адрес", "ул. Баумана, 27", "ул. Тукая, 91")}),
        413: errors.TooLarge(25 * 2**20),
        422: errors.Invalid({"Телефон": "Нужно 9 цифр после +998, сейчас 8"}),
        429: errors.RateLimited(1500),
        500: refusals.Fault(),
        503: errors.Busy(),
        507: errors.StorageFull(),
    }
    raise made[status]


def counts(request: HttpRequest) -> HttpResponse:
    """The numbers of the navigation, out of band."""
    return HttpResponse(
        '<span id="count-today" class="nav__count nav__count--hot" hx-swap-oob="true">7</span>'
    )


def kept(request: HttpRequest) -> JsonResponse:
    """What reached the server."""
    return JsonResponse(json.loads(json.dumps(KEPT)))


def quiet(request: HttpRequest) -> HttpResponse:
    """Takes a POST and says nothing."""
    return HttpResponse(status=204)


urlpatterns = [
    path("", page, {"name": "gallery"}),
    path("sign-in/", sign_in, name="sign_in"),
    path("signed-out/", sign_out),
    path("form/", form),
    path("live/", live),
    path("ring/", ring),
    path("shown-phone/", shown_phone),
    path("contacts/", page, {"name": "list"}),
    path("contacts/<number>/", page, {"name": "card"}),
    path("peek/<number>/", peek),
    path("deals/", page, {"name": "board"}),
    path("move/<number>/", move),
    path("phone/", phone),
    path("search/", search),
    path("changes/", changes),
    path("send/", send),
    path("undo/", undo),
    path("counts/", counts),
    path("kept/", kept),
    path("theme/", quiet),
    path("refused/<int:status>/", refused),
    path("<slug:name>/", page),
]
handler404 = "opora.ui.refusals.not_found"
handler500 = "opora.ui.refusals.server_error"
