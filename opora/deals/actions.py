"""What a deal's stages mean: its probability, when it was closed, why it was lost, what becomes of its tasks."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from opora.deals import along, people, reasons, revaluing, worth
from opora.deals.manifest import DEAL
from opora.deals.models import Deal
from opora.kit.errors import Conflict, Invalid, Refusal
from opora.planner.actions import open_tasks_of
from opora.planner.manifest import TASK
from opora.records import definitions, sight, steps, tags, verbs
from opora.records.actions import action
from opora.records.definitions import StageOf
from opora.records.kinds import Kind
from opora.records.work import Work

action("deal.tag", right="edit", event="tagged", label=_("Change tags"), touches=("tags",))(tags.tag)
__all__ = ["along", "people", "revaluing"]
KEEP, CLOSE = "keep", "close"


@action("deal.move", right="edit", event="moved", label=_("Move to a stage"), touches=("stage_id",))
def move(
    work: Work,
    kind: Kind,
    records: Sequence[Any],
    *,
    stage: str | int,
    values: Mapping[str, Any] | None = None,
    open_tasks: str = KEEP,
) -> None:
    """Move deals to a stage: it sets the probability (O14), the end of the process sets when the deal was closed.

    `open_tasks` says what becomes of the open tasks of a deal that is lost: `keep` or `close`. A closed deal that is
    moved to an open stage is reopened: its reason goes, its history stays. Raises `Invalid` (`required`) for what the
    stage needs, the reason of a lost deal among it.
    """
    if open_tasks not in (KEEP, CLOSE):
        raise Invalid({"open_tasks": _("Choose one of the list.")})
    now = definitions.current()
    before = {deal.id: now.stages.get(deal.stage_id or 0) for deal in records}
    verbs.move(work, kind, records, stage=stage, values=values)
    for deal in records:
        target, was = now.stages[deal.stage_id], before[deal.id]
        if was is None or was.id != target.id:
            settle(work, deal, target, chosen="probability" in (values or {}))
        if was is not None and was.is_closed and not target.is_closed:
            work.say(deal, "reopened")
        must_say_why(work, deal, target)
    lost = [deal.id for deal in records if now.stages[deal.stage_id].group == "lost"]
    if open_tasks == CLOSE and lost:
        _close_tasks(work, lost)


def _close_tasks(work: Work, deals: Sequence[int]) -> None:
    """Close the open tasks of lost deals, as far as the person may change them; the others stay open."""
    found = open_tasks_of(DEAL.name, deals)
    if not work.act.is_trusted:
        found = found.filter(pk__in=sight.visible(work.access, TASK, "edit").values("pk"))
    for task in work.enlist(
        TASK, list(found.order_by("pk").select_for_update()), event="closed", right="edit"
    ):
        task.done_at = work.act.at


def settle(work: Work, deal: Deal, stage: StageOf, *, chosen: bool = False) -> None:
    """Give a deal what its new stage says; a probability that was typed with it stays."""
    if not chosen:
        deal.probability = stage.probability
    deal.closed_at = work.act.at if stage.is_closed else None
    if stage.group != "lost":
        deal.lost_reason = deal.reason = ""


def must_say_why(work: Work, deal: Deal, stage: StageOf) -> None:
    """A lost deal says why: by an entry of the project's list, in words where there is no list or the entry asks.

    Raises `Invalid` (`required`) naming what is missing, unless the stage asks for no reason.
    """
    if stage.group != "lost" or work.act.is_soft:
        return
    fields = definitions.current().fields(DEAL.name)
    lacking = [fields[name] for name in reasons.missing(deal, stage)]
    if lacking:
        words = {field.name: _("Say why the deal is lost.") for field in lacking}
        raise Invalid(words, code="required", missing=lacking)


@steps.within("deal", "create")
def settle_new(work: Work, deals: Sequence[Any]) -> None:
    """A new deal starts with the probability of its first stage."""
    for deal in deals:
        stage = definitions.current().stages.get(deal.stage_id or 0)
        if isinstance(deal, Deal) and stage is not None:
            settle(work, deal, stage, chosen=deal.probability is not None)
            must_say_why(work, deal, stage)


@steps.within("deal", "create")
@steps.within("deal", "edit")
@steps.within("deal", "move")
def price(work: Work, deals: Sequence[Any]) -> None:
    """Count what deals are worth in the project's currency, at the rate of the day their amount was set."""
    for deal in deals:
        if isinstance(deal, Deal):
            worth.rate(work, deal)


@steps.within("deal", "edit")
def keep_reason(work: Work, deals: Sequence[Any]) -> None:
    """The reason of a lost deal may be mended, not taken away; a deal that is not lost has none."""
    values = work.sent.get("values")
    if not isinstance(values, Mapping) or not {"reason", "lost_reason"} & values.keys():
        return
    for deal in deals:
        stage = definitions.current().stages.get(deal.stage_id or 0)
        if stage is None or stage.group != "lost":
            deal.reason = deal.lost_reason = ""
        else:
            must_say_why(work, deal, stage)


@verbs.blocks_trash("contact")
def deals_of(work: Work, contacts: Sequence[Any]) -> Refusal | None:
    """A client with deals stays out of the trash until they are in it; those the person sees are named (R4.09)."""
    of_client = Deal.objects.filter(contact__in=[contact.id for contact in contacts], trashed_at=None)
    number = of_client.count()
    if not number:
        return None
    seen = sight.visible(work.access, DEAL).filter(pk__in=of_client.values("pk")).order_by("-stamp")[:5]
    names = [deal.title for deal in seen]
    words = ngettext(
        "This client has %(n)d deal. Put it into the trash first.",
        "This client has %(n)d deals. Put them into the trash first.",
        number,
    ) % {"n": number}
    return Conflict(" ".join([words, ", ".join(names)]).strip(), code="has_deals")
