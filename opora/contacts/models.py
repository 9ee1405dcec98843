"""A contact: a person or a company, in one table, since lists and rights treat them alike (O01)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opora.kit import phones
from opora.kit.ids import new_id
from opora.kit.text import fold
from opora.records.columns import KeyField
from opora.records.models import Record, record_indexes


class ContactType(models.TextChoices):
    """Whether a contact is a human being or a firm."""

    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")


class Contact(Record):
    """A person or a company. `title` is made of the names; a person may belong to companies (companies.py).

    `aside_at` is since when it is no client, «Не клиент», and stands in no list (N20, records/places.py).
    """

    type = models.CharField(max_length=8, choices=ContactType.choices, default=ContactType.PERSON)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    company_name = models.CharField(max_length=200, blank=True)
    company = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    phones = models.JSONField(default=list, blank=True)
    emails = models.JSONField(default=list, blank=True)
    sites = models.JSONField(default=list, blank=True)
    addresses = models.JSONField(default=list, blank=True)
    tags = models.JSONField(default=list, blank=True, null=True)
    temperature = models.CharField(max_length=20, blank=True, default="", db_default="")
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    city = models.CharField(max_length=100, blank=True)
    city_key = KeyField(max_length=100, blank=True, editable=False)
    source = models.CharField(max_length=100, blank=True)
    description = models.TextField(blank=True)
    aside_at = models.DateTimeField(null=True, blank=True, editable=False)
    companies = models.JSONField(default=list, null=True, blank=True)
    photo = models.JSONField(default=list, blank=True, null=True)

    class Meta:
        indexes = [
            *record_indexes("contact", stages=True),
            models.Index(fields=("company", "-stamp"), name="contact_of_company"),
            models.Index(fields=("city_key", "-stamp", "-id"), name="contact_city"),
            models.Index(
                fields=("city_key", "id", "responsible", "access", "trashed_at"), name="contact_city_order"
            ),
        ]

    def refresh_title(self) -> None:
        """A company is called by its name, a person by first and last name.

        Until it is known, by the phone or the e-mail; of a phone the middle digits are hidden, since a title is read
        where numbers must not be (R5.05).
        """
        name = self.company_name if self.is_company else f"{self.first_name} {self.last_name}".strip()
        self.title = (name or self._reached_by())[:255]
        self.city_key = fold(self.city)[:100]
        super().refresh_title()

    def _reached_by(self) -> str:
        if self.phones:
            return phones.masked(self.phones[0]["value"])
        return str(self.emails[0]["value"]) if self.emails else ""

    @property
    def is_company(self) -> bool:
        """Whether this is a firm."""
        return self.type == ContactType.COMPANY

    @property
    def roles(self) -> dict[int, str]:
        """The companies of a person by id with the role in each, empty for none said; the main one first."""
        said = {int(row["company"]): str(row["role"]) for row in self.companies or ()}
        return ({self.company_id: said.get(self.company_id, "")} if self.company_id else {}) | said


class Membership(models.Model):
    """A person who belongs to a company: derived from `Contact.companies`, for asking from the company's side."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    company = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("person", "company"), name="membership_once")]
        indexes = [models.Index(fields=("company", "person"), name="membership_of")]
