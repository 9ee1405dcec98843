"""What the firm sells, to whom, and how a sale goes."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from opora.demo import words
from opora.demo.clients import move as move_client
from opora.demo.history import Client, History, Story
from opora.demo.writing import note, task

SOUM = 150
"""Soums for a rouble, roughly: believable sums are enough here."""
SALE = (("talk", 0.92), ("offer", 0.86), ("contract", 0.74), ("paid", 0.88))
REPAIR = (("visit", 0.95), ("works", 0.92), ("paid", 0.95))
ON_CLIENT = {"talk": "talk", "offer": "offer", "contract": "contract", "paid": "client"}


def sale(history: History, moment: datetime) -> Story:
    """Equipment is sold to a client: weeks of talk, an offer, a contract, the money, or a refusal."""
    yield moment
    client = _buyer(history)
    goods = history.dice.choice(words.read("sales")["goods"])
    deal = _open(history, client, goods, "equipment", weeks=6)
    yield from _way(history, client, deal, "equipment", SALE, (4, 22))


def repair(history: History, moment: datetime) -> Story:
    """A repair or a fitting: short and nearly always paid."""
    yield moment
    client = _buyer(history)
    deal = _open(history, client, history.dice.choice(words.read("sales")["repairs"]), "repairs", weeks=2)
    yield from _way(history, client, deal, "repairs", REPAIR, (3, 12))


def _buyer(history: History) -> Client:
    """Newer clients buy more often."""
    recent = history.clients[-150:]
    among = recent if history.chance(0.7) else history.clients
    buyer: Client = history.pick(among, lambda client: client.worker.share)
    return buyer


def _open(history: History, client: Client, goods: dict[str, Any], process: str, weeks: int) -> int:
    values = {
        "title": goods["name"],
        "contact": client.id,
        "responsible": client.worker.user_id,
        "stage": str(history.defined.stages[f"{process}.new"].id),
        "amount": _price(history, client, goods),
        "expected_close": history.later(weeks * 4, weeks * 10).date().isoformat(),
        "fitting": bool(goods.get("installed")),
    }
    if history.chance(0.6):
        values["road"] = history.dice.choice(["own", "carrier", "pickup"])
    if history.chance(0.3):
        values["description"] = history.dice.choice(words.read("sales")["descriptions"])
    made = history.act("create", "deal", client.worker, values=history.defined.values(**values))
    return int(made.record.id)


def _price(history: History, client: Client, goods: dict[str, Any]) -> dict[str, str]:
    least, most = goods["price"]
    amount = Decimal(history.dice.randrange(least, most, 500))
    if client.land == "uz":
        return {"amount": str(amount * SOUM // 100_000 * 100_000), "currency": "UZS"}
    return {"amount": str(amount), "currency": "RUB"}


def _way(
    history: History,
    client: Client,
    deal: int,
    process: str,
    road: tuple[tuple[str, float], ...],
    days: tuple[int, int],
) -> Iterator[datetime]:
    """Stage by stage; each with the chance to get there, else the deal is lost with a reason."""
    about = f"deal:{deal}"
    for stage, chance in road:
        yield history.later(*days)
        if not history.chance(chance):
            _lose(history, client, deal, process)
            return
        move(history, client, deal, f"{process}.{stage}")
        if history.chance(0.6):
            note(history, about, client.worker, client.land)
        if stage != "paid" and history.chance(0.75):
            history.tell(task(history, about, client.worker, client.land))
        if process == "equipment":
            move_client(history, client, ON_CLIENT[stage])


def move(history: History, client: Client, deal: int, stage: str, **sent: Any) -> None:
    """Move a deal to a stage, `process.stage`."""
    history.act("move", "deal", client.worker, [deal], stage=history.defined.stages[stage].id, **sent)


def _lose(history: History, client: Client, deal: int, process: str) -> None:
    silent = process == "equipment" and history.chance(0.3)
    reason = history.dice.choice(words.read("definitions")["reasons"])["name"]
    stage = f"{process}.{'silent' if silent else 'refused'}"
    move(
        history,
        client,
        deal,
        stage,
        values={"reason": reason, "lost_reason": history.dice.choice(words.read("sales")["lost_words"])},
    )
