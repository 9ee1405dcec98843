"""A deal: an amount that a contact may pay, moving through the stages of a process (O14); and the people in it."""

from decimal import Decimal

from django.db import models

from opora.contacts.models import Contact
from opora.kit.ids import new_id
from opora.kit.money import rounded
from opora.records import definitions
from opora.records.models import Record, record_indexes

FIXED = "fixed"


class Deal(Record):
    """A possible sale. `probability` comes from the stage and may be changed by hand (percent).

    `amount` is the whole price, or the price of an hour, day, week, month or year (`budget`), of which there are
    `budget_term`. `rate` is what a unit of its currency cost in the project's currency when the amount was set;
    `worth` the whole in `worth_currency`: the project's own, or the deal's where no rate is known.
    `people` are the contacts who take part beside the client, as `{"contact": "<id>", "role"}`; `Participant` follows.
    `reason` is the id of an entry of the list of reasons, `lost_reason` what was said beside it.
    """

    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="deals"
    )
    amount = models.DecimalField(max_digits=21, decimal_places=6, null=True, blank=True)
    currency = models.CharField(max_length=3, default="RUB")
    budget = models.CharField(max_length=10, default=FIXED, db_default=FIXED)
    budget_term = models.PositiveIntegerField(null=True, blank=True)
    rate = models.DecimalField(max_digits=24, decimal_places=10, null=True, blank=True)
    worth = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    worth_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    expected_close = models.DateField(null=True, blank=True)
    probability = models.PositiveSmallIntegerField(null=True, blank=True)
    description = models.TextField(blank=True)
    reason = models.CharField(max_length=20, blank=True, default="", db_default="")
    lost_reason = models.CharField(max_length=200, blank=True)
    people = models.JSONField(default=list, null=True, blank=True)
    tags = models.JSONField(default=list, null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            *record_indexes("deal", stages=True),
            models.Index(fields=("contact", "-stamp"), name="deal_of_contact"),
            models.Index(fields=("amount", "id"), name="deal_amount"),
            models.Index(fields=("expected_close", "id"), name="deal_close"),
            models.Index(fields=("closed_at", "id"), name="deal_closed"),
        ]

    @property
    def total(self) -> Decimal | None:
        """The whole amount in the deal's own currency."""
        if self.amount is None or self.budget in ("", FIXED):
            return self.amount
        return self.amount * (self.budget_term or 1)

    def refresh_title(self) -> None:
        """Recompute what is derived: the folded title, and what the deal is worth in the project's currency."""
        super().refresh_title()
        own, total = definitions.current().preferences.currency, self.total
        is_converted = total is not None and self.currency != own and self.rate is not None
        if total is not None and is_converted and self.rate is not None:
            total = rounded(total * self.rate, own)
        self.worth = total
        self.worth_currency = "" if total is None else own if is_converted else self.currency


class Participant(models.Model):
    """A contact who takes part in a deal beside its client: derived from `Deal.people`, for asking the other way."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("deal", "contact"), name="participant_once")]
        indexes = [models.Index(fields=("contact", "deal"), name="participant_of")]
