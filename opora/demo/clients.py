"""Who the firm's clients are, and how they are met and won."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from opora.demo import words
from opora.demo.defining import listed
from opora.demo.firm import Worker
from opora.demo.history import ZONE, Client, History, Story
from opora.demo.writing import note, task

ROAD = ("talk", "offer", "contract", "client")
PLACES = (("actual",), ("actual",), ("actual", "legal"), ("delivery", "postal"))
ORDER = ("new", "not_client", *ROAD)


def company(history: History, moment: datetime, *, has_colleague: bool) -> Story:
    """A firm is met, perhaps with a person in it, and goes its way through the stages."""
    yield moment
    city = _city(history)
    worker = _seller(history, city)
    values = {**_company(history, city), **_common(history, city), "responsible": worker.user_id}
    client = _met(history, worker, city, values)
    if has_colleague:
        history.tell(_colleague(history, client, city))
    yield from _road(history, client)


def person(history: History, moment: datetime) -> Story:
    """A person by himself: an owner before there is a firm, a cook, a neighbour's friend."""
    yield moment
    city = _city(history)
    worker = _seller(history, city)
    values = {**_name(history, city), **_common(history, city), "responsible": worker.user_id}
    yield from _road(history, _met(history, worker, city, values))


def _met(history: History, worker: Worker, city: dict[str, Any], values: dict[str, Any]) -> Client:
    made = history.act("create", "contact", worker, values=history.defined.values(**values))
    client = Client(made.record.id, worker, city["land"], has_number="inn" in values)
    client.is_company = values.get("type") == "company"
    history.clients.append(client)
    return client


def _colleague(history: History, client: Client, city: dict[str, Any]) -> Story:
    """Somebody who works for a client: led by the same person, past the first stage."""
    yield min(history.later(0.01, 3), history.end)
    stage = history.defined.stages["clients.talk"].id
    phones = [{"value": _phone(history, city), "label": "mobile"}]
    values = {"company": client.id, "city": city["name"], "phones": phones, "stage": str(stage)}
    values |= {**_name(history, city), "responsible": client.worker.user_id}
    made = history.act("create", "contact", client.worker, values=values)
    others = [one.id for one in history.clients if one.is_company and one.id != client.id]
    for company in [client.id, *([history.dice.choice(others)] if others and history.chance(0.2) else [])]:
        role = history.dice.choice(words.read("names")["roles"])
        history.act("join", "contact", client.worker, [made.record.id], company=str(company), role=role)


def _road(history: History, client: Client) -> Iterator[datetime]:
    """From stage to stage, with what is written on the way; many stop somewhere, some say no."""
    for stage in ROAD:
        if not history.chance(0.62):
            break
        yield history.later(0.5, 21)
        if history.chance(0.5):
            note(history, f"contact:{client.id}", client.worker, client.land)
            yield history.later(0.01, 4)
        if history.chance(0.3):
            history.tell(task(history, f"contact:{client.id}", client.worker, client.land))
        move(history, client, stage)
    if client.stage != "client" and history.chance(0.25):
        yield history.later(20, 60)
        if client.stage in ("new", "talk"):
            _refuse(history, client)


def move(history: History, client: Client, stage: str) -> None:
    """Move a client to a stage, with the number that the contract needs. Nobody who came further is moved back."""
    if ORDER.index(stage) <= ORDER.index(client.stage):
        return
    sent: dict[str, Any] = {}
    if stage in ("contract", "client") and not client.has_number:
        sent["values"] = history.defined.values(inn=_number(history), agreement=_agreement(history))
        client.has_number = True
    target = history.defined.stages[f"clients.{stage}"].id
    history.act("move", "contact", client.worker, [client.id], stage=target, **sent)
    client.stage = stage


def _refuse(history: History, client: Client) -> None:
    """This one is no client, until a deal says otherwise."""
    target = history.defined.stages["clients.not_client"].id
    history.act("move", "contact", client.worker, [client.id], stage=target)
    client.stage = "not_client"


def _city(history: History) -> dict[str, Any]:
    city: dict[str, Any] = history.pick(words.read("names")["cities"], lambda one: one["weight"])
    return city


def _seller(history: History, city: dict[str, Any]) -> Worker:
    near = history.firm.sellers_in(city["name"])
    seller: Worker = history.pick(near, lambda worker: worker.share)
    return seller


def _company(history: History, city: dict[str, Any]) -> dict[str, Any]:
    rows = [row for row in words.read("names")["firms"] if row["land"] == city["land"]]
    row = history.pick(rows, lambda one: len(one["called"]))
    called = history.dice.choice(row["called"])
    form = history.dice.choice(words.read("names")["forms"][city["land"]])
    values: dict[str, Any] = {
        "type": "company",
        "company_name": f"{history.dice.choice(row['what'])} «{called}»",
        "description": f"{form} «{called}»",
    }
    if history.chance(0.5):
        values |= {
            "area": str(history.dice.randint(24, 420)),
            "power": str(history.dice.randrange(15, 160, 5)),
        }
        values |= {
            "gas": history.chance(0.35),
            "origin": history.dice.choice(["new", "used", "lease", "own"]),
        }
    if history.chance(0.3):
        values["opening"] = history.later(-200, 220).date().isoformat()
    if history.chance(0.3):
        values["inn"] = _number(history)
    return values


def _name(history: History, city: dict[str, Any]) -> dict[str, Any]:
    names = words.read("names")[city["land"]][history.dice.choice(["men", "women"])]
    return {
        "type": "person",
        "first_name": history.dice.choice(names["first"]),
        "last_name": history.dice.choice(names["last"]),
    }


def _common(history: History, city: dict[str, Any]) -> dict[str, Any]:
    numbers = [{"value": _phone(history, city), "label": "work"}]
    if history.chance(0.2):
        numbers.append({"value": _phone(history, city), "label": "mobile"})
    values: dict[str, Any] = {"phones": numbers, "city": city["name"]}
    street = history.dice.choice(words.read("names")["streets"][city["land"]])
    if history.chance(0.7):
        values["emails"] = f"zakaz{history.dice.randint(100, 9999)}@{city['land']}-food.example"
    if history.chance(0.4):
        values["addresses"] = [_place(history, street, label) for label in history.dice.choice(PLACES)]
    if history.chance(0.25):
        values["sites"] = [
            f"food{history.dice.randint(100, 9999)}.example",
            f"@food{history.dice.randint(100, 9999)}",
        ]
    if history.chance(0.3):
        values["tags"] = listed(history, "tags", history.dice.choice((1, 1, 2)))
    if history.chance(0.4):
        values["temperature"] = listed(history, "temperature")[0]
    return {**values, "source": history.dice.choice(words.read("sales")["sources"])}


def _place(history: History, street: str, label: str) -> dict[str, str]:
    return {"value": f"{street}, {history.dice.randint(1, 140)}", "label": label}


def _phone(history: History, city: dict[str, Any]) -> str:
    """A number in a range that nobody has: 000-xx-xx."""
    return f"{history.dice.choice(city['phones'])}000{history.dice.randint(0, 9999):04d}"


def _number(history: History) -> str:
    """A tax number of a region that does not exist."""
    return f"00{history.dice.randint(0, 99_999_999):08d}"


def _agreement(history: History) -> str:
    return f"{words.read('sales')['agreement']}-{history.now.year}/{history.dice.randint(10, 990)}"


def lead(history: History, moment: datetime) -> Story:
    """A request from the site that nobody has taken yet: a contact, a task for today, the words of the sender."""
    yield moment
    city = _city(history)
    values = {**_name(history, city), "phones": _phone(history, city), "city": city["name"], "source": "API"}
    made = history.act("create", "contact", None, values=values)
    about = f"contact:{made.record.id}"
    said = words.read("sales")
    history.act(
        "create", "note", None, about=about, values={"text": history.dice.choice(said["tasks"]["lead_notes"])}
    )
    due = history.now.astimezone(ZONE).date().isoformat()
    values = {"title": said["tasks"]["lead"], "due_at": due}
    history.act("create", "task", None, about=about, values=values)
