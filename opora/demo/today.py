"""The day on which the demo is looked at: fresh leads, what is due and what is late, what was won this morning."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from opora.deals.models import Deal
from opora.demo import clients
from opora.demo.history import ZONE, Client, History, Story
from opora.demo.writing import set_task
from opora.people.demo import LOGINS

LATE = (4, 2, 1)
HOURS = (10, 11, 13, 15, 16, 17, 18)
FORWARD = {"talk": "offer", "offer": "contract", "contract": "paid"}


def opens(moment: datetime) -> datetime:
    """When the day of a moment began for the firm: in the morning, or a little ago for who looks at night."""
    day = moment.astimezone(ZONE).date()
    morning = datetime.combine(day, time(8, 30), ZONE)
    return morning if morning < moment - timedelta(hours=1) else moment - timedelta(hours=1)


def late(history: History, days: int) -> Story:
    """A task of `demo` that should have been done so many days ago."""
    due = history.end - timedelta(days=days)
    yield due - timedelta(days=2)
    client = _own(history)[0]
    set_task(history, f"contact:{client.id}", client.worker, client.land, due=due.strftime("%d.%m.%Y %H:00"))


def tell(history: History) -> None:
    """Tell the day, once the year before it has been played: the clock now goes until `history.end`."""
    for __ in range(4):
        history.tell(clients.lead(history, _moment(history)))
    for client, hour in zip(_own(history), HOURS, strict=False):
        history.tell(_due(history, client, hour))
    for deal in _ready(history):
        history.tell(_forward(history, deal))


def plan(history: History) -> None:
    """Most open deals have a next step: it was set when they came where they are."""
    stages = {stage.id for stage in history.defined.stages.values() if stage.group in ("new", "work")}
    workers = {worker.user_id: worker for worker in history.firm.workers.values()}
    for deal in Deal.objects.filter(stage_id__in=stages).order_by("stage_since", "id"):
        if not history.chance(0.7) or deal.responsible_id is None or deal.stage_since is None:
            continue
        history.now = deal.stage_since + timedelta(minutes=20)
        due = max(history.now, history.end + timedelta(days=history.dice.randint(-2, 12)))
        worker = workers[deal.responsible_id]
        set_task(history, f"deal:{deal.id}", worker, "ru", due=due.strftime("%d.%m.%Y"))


def _moment(history: History) -> datetime:
    began = opens(history.end)
    return began + (history.end - began) * history.dice.random()


def _own(history: History) -> list[Client]:
    """The clients of `demo`, mixed; in a firm so small that there are none, everybody's."""
    mine = [client for client in history.clients if client.worker.login == LOGINS[0][0]] or history.clients
    return history.dice.sample(mine, len(mine))


def _due(history: History, client: Client, hour: int) -> Story:
    yield opens(history.end)
    day = history.end.astimezone(ZONE).strftime("%d.%m.%Y")
    set_task(history, f"contact:{client.id}", client.worker, client.land, due=f"{day} {hour}:00")


def _ready(history: History) -> Sequence[Deal]:
    """Deals that go a stage further today: some of `demo`, some of the others."""
    near = {history.defined.stages[f"equipment.{key}"].id for key in FORWARD}
    deals = Deal.objects.filter(stage_id__in=near).order_by("stage__position", "created_at")
    me = history.firm.workers[LOGINS[0][0]].user_id
    mine = list(deals.filter(responsible_id=me))
    others = list(deals.exclude(responsible_id=me))
    return [*mine[-2:], *mine[:1], *others[::7][:5]]


def _forward(history: History, deal: Deal) -> Story:
    yield _moment(history)
    keys = {stage.id: key.partition(".")[2] for key, stage in history.defined.stages.items()}
    target = history.defined.stages[f"equipment.{FORWARD[keys[deal.stage_id or 0]]}"].id
    by = next(w for w in history.firm.workers.values() if w.user_id == deal.responsible_id)
    history.act("move", "deal", by, [deal.id], stage=target)
