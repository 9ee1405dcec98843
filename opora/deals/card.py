"""The card of a deal, and the deals on the card of a client."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from opora.deals import people
from opora.deals.manifest import BUDGETS, DEAL
from opora.deals.models import FIXED, Deal
from opora.deals.reasons import SUGGESTED
from opora.people import rights
from opora.people.access import Access
from opora.planner.actions import open_tasks_of
from opora.planner.manifest import TASK
from opora.records import definitions, sight
from opora.records.definitions import StageOf
from opora.records.kinds import kinds
from opora.records.screens import tagging
from opora.records.screens.acts import address
from opora.records.screens.faces import Face, faces
from opora.records.screens.related import Block, block, goes_along
from opora.records.sentences import EVERYTHING, say
from opora.ui import formats

SHOWN = 10


def amount(deal: Deal) -> str:
    """The sum beside the name; a price for a time says for how much of it."""
    if deal.amount is None:
        return ""
    money = formats.money(deal.amount, deal.currency)
    if deal.budget in ("", FIXED):
        return money
    each = f"{money} {str(BUDGETS[deal.budget]).lower()}"
    return f"{each} × {deal.budget_term}" if deal.budget_term else each


def hidden(values: Mapping[str, Any]) -> Collection[str]:
    """What does not concern a deal: a reason while it is not lost, a closing date while it is open, a rate at home.

    A form shows the term of the budget in any case, since its kind is chosen beside it; a card only with such a kind.
    """
    now = definitions.current()
    stage = now.stages.get(values.get("stage_id") or 0)
    is_lost = stage is not None and stage.group == "lost"
    has_list = bool(now.fields(DEAL.name)["reason"].choices)
    found = {"reason", "lost_reason"} if not is_lost else set[str]() if has_list else {"reason"}
    if stage is None or not stage.is_closed:
        found.add("closed_at")
    if _currency(values) in ("", now.preferences.currency):
        found |= {"rate", "worth"}
    if "stage_id" in values and values.get("budget") in ("", FIXED):
        found.add("budget_term")
    return found


def _currency(values: Mapping[str, Any]) -> str:
    """The currency of a deal's columns, of a form's inputs or of the values it sends."""
    sent = values.get("amount")
    named = sent.get("currency") if isinstance(sent, Mapping) else ""
    return str(named or values.get("amount_currency") or values.get("currency") or "")


def asks_at(stage: StageOf) -> Collection[str]:
    """Losing a deal always asks why, with the project's list or in words alone, also where no answer is required."""
    if stage.group != "lost":
        return ()
    choices = definitions.current().fields(DEAL.name)["reason"].choices
    return ("reason", "lost_reason") if any(not choice.is_gone for choice in choices) else ("lost_reason",)


def lost_context(access: Access, deal: Deal) -> Mapping[str, Any]:
    """The open tasks of a deal that is being lost, those the person may close."""
    tasks = sight.visible(access, TASK, "edit").filter(
        pk__in=open_tasks_of(DEAL.name, [deal.id]).values("pk")
    )
    titles = list(tasks.order_by("due_at", "id").values_list("title", flat=True)[:100])
    return {"tasks": len(titles), "title": titles[0] if titles else ""}


@block("contact", place=10)
def deals(access: Access, contact: Any) -> Block | None:
    """The client's deals, newest first."""
    if not rights.may(access, "deal", "see"):
        return None
    found = people.deals_of(access, contact.id, SHOWN + 1)
    roles = {deal.id: people.roles_of(deal).get(contact.id, "") for deal in found}
    may_add = rights.may(access, "deal", "create")
    return Block(
        "deals", _("Deals"), "deals/of_contact.html", found[:SHOWN],
        count=len(found) if len(found) <= SHOWN else None,
        add_url=f"{address(DEAL)}new/?contact={contact.id}" if may_add else "", add_text=_("Add a deal"),
        more={"stages": definitions.current().stages, "roles": roles},
    )  # fmt: skip


@block("deal", place=10)
def client(access: Access, deal: Deal) -> Block:
    """The people of a deal: its client first, then who takes part in it, each with a role; one query."""
    contact, roles = kinds["contact"], people.roles_of(deal)
    if roles:
        wanted = [number for number in (deal.contact_id, *roles) if number]
        by_id = {one.id: one for one in sight.visible(access, contact).filter(pk__in=wanted)}
        found = [by_id[number] for number in wanted if number in by_id]
    else:
        found = sight.pointing(access, contact, "id", deal.contact_id, 1) if deal.contact_id else []
    has_client = any(one.id == deal.contact_id for one in found)
    unseen = len(set(roles)) - sum(one.id in roles for one in found)
    more = {"roles": roles, "unseen": unseen, "has_client": has_client}
    title = _("People in the deal") if roles else _("Client")
    return Block("client", title, "deals/client.html", found, more=more)


@goes_along("contact")
def deals_along(contact_id: int) -> str:
    """How many deals go along with a client who is handed over (U12)."""
    number = Deal.objects.filter(contact_id=contact_id, trashed_at=None).count()
    return ngettext("%(n)d deal", "%(n)d deals", number) % {"n": number} if number else ""


block("deal", place=60)(tagging.tags_block)
faces.register(
    "deal",
    Face(
        beside=("tags",),
        amount=amount,
        hidden=hidden,
        on_top="deals/on_top.html",
        has_avatar=False,
        new_text=_("New deal"),
        made_text=_("The deal is added"),
        fields_title=_("Deal"),
        asks_at=asks_at,
        move_takes=("open_tasks",),
        along=_("Together with their clients"),
        along_on=False,
        gate_more="deals/lost_more.html",
        gate_context=lost_context,
        bulk_move="deals/lost_many.html",
        suggestions={"lost_reason": SUGGESTED},
    ),
)
say("deal.created", _("new deal"), icon="coins")
say("deal.reopened", _("opened again:"), icon="arrow-back-up", shows=("stage",))
say("deal.checked", _("went on with the list of the stage"), icon="checklist")
say("contact.checked", _("went on with the list of the stage"), icon="checklist")
say("deal.involved", _("added people to the deal"), icon="users")
say("deal.released", _("took people out of the deal"), icon="users")
say("deal.moved", _("stage:"), icon="stairs", shows=("stage", "reason", "lost_reason"))
say("deal.changed", _("changes:"), shows=EVERYTHING)
