"""Filling a demo project: the firm, what it defined, its year and its day."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from opora.demo import clients, deals, today
from opora.demo.defining import define
from opora.demo.firm import hire
from opora.demo.history import ZONE, History
from opora.jobs.models import Job
from opora.kit.dates import now
from opora.kit.errors import Forbidden
from opora.people import directory
from opora.records import definitions, indexes
from opora.tenancy.context import ProjectRef

SEED = 20261121
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Size:
    """How much the firm has to show for its year, beside six leads that nobody has taken yet."""

    companies: int = 620
    colleagues: int = 277
    people: int = 297
    sales: int = 264
    repairs: int = 36


USUAL = Size()


def fill(project: ProjectRef, size: Size = USUAL) -> None:
    """Fill an entered demo project, all of it or nothing.

    Raises `Forbidden` for a project that is not marked as a demo: real projects get no invented data (R9.01).
    """
    if not project.is_demo:
        raise Forbidden(message=_("Only a demo project is filled with invented data."), code="not_demo")
    with (
        transaction.atomic(),
        definitions.looked_up_once(),
        directory.looked_up_once(),
        translation.override("ru"),
        timezone.override(ZONE),
    ):
        _live(_begin(), size)
        _forget_bells()
    indexes.reconcile()


def _begin() -> History:
    end = now().replace(microsecond=0)
    firm = hire(end - YEAR - timedelta(days=60))
    defined = define(firm.group_id)
    return History(firm, defined, end - YEAR, today.opens(end), random.Random(SEED))


def _live(history: History, size: Size) -> None:
    end = now().replace(microsecond=0)
    _plan_year(history, size)
    history.play()
    today.plan(history)
    history.now, history.end = history.end, end
    today.tell(history)
    history.play()


def _plan_year(history: History, size: Size) -> None:
    """Everybody whom the firm will meet, and every sale, spread over the year, a little denser towards its end."""
    span = history.end - history.start

    def sometime(least: float) -> datetime:
        share = least + (0.998 - least) * history.dice.random() ** 0.8
        return min(history.working(history.start + span * share), history.end)

    for number in range(size.companies):
        met = sometime(0.0) if number else history.start
        history.tell(clients.company(history, met, has_colleague=number < size.colleagues))
    for story, number, least in (
        (clients.person, size.people, 0.0),
        (deals.sale, size.sales, 0.06),
        (deals.repair, size.repairs, 0.1),
    ):
        for __ in range(number):
            history.tell(story(history, sometime(least)))
    for days in today.LATE:
        history.tell(today.late(history, days))
    for hours in (3, 20):
        history.tell(clients.lead(history, history.end - timedelta(hours=hours)))


def _forget_bells() -> None:
    """What the invented past would have set in motion is not to happen now: no jobs, nothing rung to open pages."""
    Job.objects.all().delete()
    connection.run_on_commit.clear()
