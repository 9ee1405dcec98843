"""What deals bring to the house."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from opora.deals.models import Deal
from opora.records import lists
from opora.records.fields import Choice
from opora.records.kinds import BuiltinSection, Kind, builtin, common_fields, register
from opora.timeline.events import Ref

BUDGETS = {
    "fixed": _("Once"),
    "hour": _("Per hour"),
    "day": _("Per day"),
    "week": _("Per week"),
    "month": _("Per month"),
    "year": _("Per year"),
}
"""How the price of a deal is counted (O14)."""


def above(deal: Deal) -> Sequence[Ref]:
    """A deal belongs to its contact's card."""
    return [Ref("contact", deal.contact_id)] if deal.contact_id else []


def found_by(deal: Deal) -> Mapping[str, str]:
    """A deal is found by its name and description."""
    return {"text": deal.description[:500]}


lists.usual.register(
    "deal.tags", ((_("Urgent"), "red"), (_("Repeat order"), "teal"), (_("Tender"), "violet"))
)

DEAL = register(
    Kind(
        name="deal",
        model=Deal,
        label=_("Deal"),
        label_plural=_("Deals"),
        icon="layout-kanban",
        url="deals",
        has_stages=True,
        default_share="read",
        parents=above,
        search_text=found_by,
        sections=(BuiltinSection("main", _("About the deal")),),
        default_columns=("stage", "amount", "expected_close", "next_step_at", "responsible"),
        fields=(
            builtin("title", "text", _("Title"), key_column="title_key", is_required=True),
            builtin(
                "contact",
                "record",
                _("Client"),
                options={"kind": "contact"},
                is_filterable=False,
                is_sortable=False,
            ),
            builtin("amount", "money", _("Amount")),
            builtin(
                "budget",
                "selector",
                _("Budget"),
                choices=tuple(Choice(code, label) for code, label in BUDGETS.items()),  # type: ignore[arg-type]
                is_filterable=False,
                is_sortable=False,
            ),
            builtin(
                "budget_term",
                "number",
                _("Term of the budget"),
                options={"digits": 0, "least": 1, "most": 1200},
                hint=_("How many hours, days, weeks, months or years."),
                is_filterable=False,
                is_sortable=False,
            ),
            builtin(
                "rate",
                "number",
                _("Rate"),
                options={"least": "0.000001", "most": 10**12},
                hint=_("What one unit of the amount's currency costs in the project's own."),
                is_filterable=False,
                is_sortable=False,
            ),
            builtin(
                "worth", "money", _("In own currency"), writable=False, is_filterable=False, is_sortable=False
            ),
            builtin("expected_close", "date", _("Expected close")),
            builtin(
                "probability",
                "number",
                _("Probability, %"),
                options={"digits": 0, "least": 0, "most": 100},
                is_sortable=False,
            ),
            builtin("description", "long_text", _("Description"), max_length=10_000, is_sortable=False),
            builtin("tags", "tags", _("Tags"), options={"is_listed": True}, is_sortable=False),
            builtin("reason", "selector", _("Reason lost"), options={"is_listed": True}, is_sortable=False),
            builtin(
                "lost_reason",
                "text",
                _("Why it is lost, in words"),
                max_length=200,
                is_filterable=False,
                is_sortable=False,
            ),
            builtin("closed_at", "moment", _("Closed"), writable=False),
            builtin("stage", "stage", _("Stage"), section="", is_sortable=False),
            *common_fields(responsible=builtin("responsible", "user", _("Responsible"), is_sortable=False)),
        ),
    )
)
