"""What the people of the firm write on a card: notes, and tasks that they close, mostly in time."""

from datetime import timedelta

from opora.demo import words
from opora.demo.firm import Worker
from opora.demo.history import History, Story

LONGEST_LATE = timedelta(days=12)


def note(history: History, about: str, worker: Worker, land: str) -> None:
    """A note on a card (`contact:42`): Uzbek for some in Uzbekistan, English here and there, else Russian."""
    texts = words.read("sales")["notes"]
    language = "uz" if land == "uz" and history.chance(0.5) else "en" if history.chance(0.03) else "ru"
    text = history.dice.choice(texts[language])
    filled = text.format(area=history.dice.randint(24, 420), power=history.dice.randrange(15, 160, 5))
    history.act("create", "note", worker, about=about, values={"text": filled})


def task(history: History, about: str, worker: Worker, land: str) -> Story:
    """A task set now for some day soon, and closed around that day; a few that are recent stay open and late."""
    yield history.now
    due = history.later(0.5, 9)
    made = set_task(history, about, worker, land, due=due.strftime("%d.%m.%Y %H:00"))
    if history.end - due < LONGEST_LATE and history.chance(0.12):
        return
    yield due + timedelta(hours=history.dice.uniform(-20, 20))
    history.act("close", "task", worker, [made])


def set_task(history: History, about: str, worker: Worker, land: str, *, due: str) -> int:
    """Set a task on a card for its leader; `due` is a day, or a day and a time. Returns its id."""
    sales = words.read("sales")
    language = "uz" if land == "uz" and worker.language == "uz" else "ru"
    values = {
        "title": history.dice.choice(sales["tasks"][language]),
        "category": history.dice.choice(sales["tasks"]["categories"]),
        "due_at": due,
        "responsible": worker.user_id,
    }
    made = history.act("create", "task", worker, about=about, values=values)
    return int(made.record.id)
