"""What contacts bring to the house."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from opora.contacts.fields import Companies, MainCompany
from opora.contacts.models import Contact, ContactType
from opora.kit.money import MINOR_DIGITS
from opora.records import definitions, lists
from opora.records.fields import Choice, Field
from opora.records.kinds import BuiltinSection, Kind, builtin, common_fields, register
from opora.timeline.events import Ref


def above(contact: Contact) -> Sequence[Ref]:
    """A person's events appear in the feeds of all companies of the person; the main one stands under the name."""
    return [Ref("contact", number) for number in contact.roles]


def found_by(contact: Contact) -> Mapping[str, str]:
    """What a contact is found by besides its title; numbers apart: not everybody may find by a part of one."""
    words = [contact.company_name, contact.first_name, contact.last_name, contact.city]
    words += [item["value"] for item in (*contact.addresses, *contact.sites, *contact.emails)]
    return {"text": " ".join(words), "phones": ",".join(item["value"] for item in contact.phones)}


OF_COMPANY = ("company_name",)
OF_PERSON = ("first_name", "last_name", "company", "companies")


def foreign(contact: Contact) -> Collection[str]:
    """The fields of the other type: a company has no first name; and what is asked of one type."""
    return {
        *(OF_PERSON if contact.is_company else OF_COMPANY),
        *definitions.current().foreign("contact", contact.type),
    }


USUAL_TAGS = ((_("Key client"), "violet"), (_("Partner"), "teal"), (_("Supplier"), "amber"))
USUAL_TEMPERATURES = ((_("Cold"), "sky"), (_("Warm"), "amber"), (_("Hot"), "red"))
lists.usual.register("contact.tags", USUAL_TAGS)
lists.usual.register("contact.temperature", USUAL_TEMPERATURES)
CURRENCIES = tuple(Choice(code, code) for code in MINOR_DIGITS)

CONTACT = register(
    Kind(
        name="contact",
        model=Contact,
        label=_("Contact"),
        label_plural=_("Contacts"),
        icon="users",
        url="contacts",
        has_stages=True,
        parents=above,
        foreign=foreign,
        sort_field="type",
        sort_fixed=("type", *OF_PERSON, *OF_COMPANY),
        search_text=found_by,
        sections=(BuiltinSection("main", _("About the client")),),
        default_columns=("stage", "next_step_at", "phones", "city", "responsible"),
        fields=(
            builtin("title", "text", _("Name"), key_column="title_key", writable=False, section=""),
            builtin(
                "type",
                "selector",
                _("Type"),
                is_sortable=False,
                choices=tuple(Choice(value, label) for value, label in ContactType.choices),  # type: ignore[arg-type]
            ),
            builtin(
                "first_name",
                "text",
                _("First name"),
                max_length=100,
                is_filterable=False,
                is_sortable=False,
                is_fixed=True,
            ),
            builtin(
                "last_name", "text", _("Last name"), max_length=100, is_filterable=False, is_sortable=False
            ),
            builtin(
                "company_name",
                "text",
                _("Company name"),
                max_length=200,
                is_filterable=False,
                is_sortable=False,
                is_fixed=True,
            ),
            replace(
                builtin("company", "record", _("Company"), options={"kind": "contact"}, is_sortable=False),
                type=MainCompany(),
            ),
            Field(
                "companies",
                Companies(),
                _("Companies and roles"),
                column="companies",
                writable=False,
                is_filterable=False,
                is_sortable=False,
            ),
            builtin("phones", "phone", _("Phone"), is_sortable=False),
            builtin("emails", "email", _("E-mail"), is_sortable=False),
            builtin("sites", "sites", _("Sites and social networks"), is_filterable=False, is_sortable=False),
            builtin("city", "text", _("City"), key_column="city_key", max_length=100),
            builtin("addresses", "address", _("Addresses"), is_filterable=False, is_sortable=False),
            builtin("tags", "tags", _("Tags"), options={"is_listed": True}, is_sortable=False),
            builtin(
                "temperature", "selector", _("Temperature"), options={"is_listed": True}, is_sortable=False
            ),
            builtin("currency", "selector", _("Currency"), choices=CURRENCIES, is_sortable=False),
            builtin("source", "text", _("Source"), max_length=100, is_filterable=False, is_sortable=False),
            builtin("description", "long_text", _("Description"), max_length=10_000, is_sortable=False),
            builtin(
                "photo",
                "file",
                _("Photo"),
                section="",
                options={"most": 1, "is_photo": True},
                is_sortable=False,
            ),
            builtin("stage", "stage", _("Stage"), section="", is_sortable=False),
            *common_fields(responsible=builtin("responsible", "user", _("Responsible"), is_sortable=False)),
        ),
    )
)
