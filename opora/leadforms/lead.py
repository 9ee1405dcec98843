"""What a lead says: fields of a contact that could be read, and words for a note where all the rest is kept."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from opora.contacts.manifest import CONTACT
from opora.kit.errors import Invalid
from opora.kit.text import fold, is_blank
from opora.leadforms.bodies import Sent
from opora.people.access import Access
from opora.records import definitions
from opora.records.fields import Field

log = logging.getLogger("opora.leads")

NAMES = {"phone": "phones", "email": "emails", "site": "sites", "address": "addresses"}
NAME, NOTE = "name", "note"
TAKEN = (
    "first_name",
    "last_name",
    "company_name",
    "phones",
    "emails",
    "city",
    "sites",
    "addresses",
    "source",
)
MOST_PARTS = 10
LONGEST_NAME = 100


@dataclass
class Lead:
    """A lead that was read. `values` are right for fields of a contact, `note` is for people, `dropped` for the log."""

    values: dict[str, Any] = field(default_factory=dict)
    note: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def keep(self, label: str, texts: Iterable[str]) -> None:
        """Keep for people what no field could take."""
        self.note += [f"{label}: {text.strip()}" for text in texts if not is_blank(text)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return not self.values and not self.note


def read(sent: Sent, access: Access) -> Lead:
    """The lead in what was sent. `access` is that of the key: fields closed to its owner are unknown.

    Unknown names are dropped and logged, a phone or an address that can't be read stays as words in the note. Raises
    `Invalid` when nothing at all was said.
    """
    lead, open_fields = Lead(), fields_for(access)
    for name, texts in sent.items():
        filled = [text for text in texts if not is_blank(text)]
        found = open_fields.get(NAMES.get(name, name)) or open_fields.get(fold(name))
        if name == NOTE:
            lead.note = [text.strip() for text in filled] + lead.note
        elif name == NAME:
            _call(lead, " ".join(filled))
        elif found is None:
            lead.dropped.append(name[:60])
        elif filled:
            _fill(lead, found, filled)
    if lead.dropped:
        log.info("a lead named %d unknown fields: %s", len(lead.dropped), ", ".join(lead.dropped[:20]))
    if lead.is_empty:
        raise Invalid({NAME: gettext("Write a name, a phone or an e-mail.")}, code="required")
    return _named(lead)


def fields_for(access: Access) -> Mapping[str, Field]:
    """The fields a lead may fill, by name and, for the project's own, by folded label: the first of a label wins."""
    readable = definitions.current().readable(access, CONTACT.name)
    fields = {
        name: each for name, each in readable.items() if name in TAKEN or (each.is_own and each.writable)
    }
    by_label: dict[str, Field] = {}
    for each in fields.values():
        for label in (each.label, *each.labels.values()) if each.is_own else ():
            by_label.setdefault(fold(label), each)
    return by_label | fields


def _call(lead: Lead, name: str) -> None:
    """A name as one writes it: the first word, and the rest."""
    first, _space, last = " ".join(name.split()).partition(" ")
    if len(first) > LONGEST_NAME or len(last) > LONGEST_NAME:
        lead.keep(gettext("Name"), [name])
    lead.values |= {
        key: text[:LONGEST_NAME] for key, text in (("first_name", first), ("last_name", last)) if text
    }


def _fill(lead: Lead, into: Field, texts: list[str]) -> None:
    parts = [part for text in texts for part in into.type.parts(text)]
    good = [part for part in parts[:MOST_PARTS] if not is_blank(part) and _is_right(into, part)]
    good = good if into.type.is_multiple else good[:1]
    if good:
        lead.values[into.name] = good if into.type.is_multiple else good[0]
    lead.keep(into.shown_label, [part for part in parts if part not in good])


def _is_right(into: Field, text: str) -> bool:
    try:
        return into.type.parse(text, into) is not None
    except Invalid:
        return False


def _named(lead: Lead) -> Lead:
    """A lead without a name, a phone or an address is called by the first words it has."""
    if not {"first_name", "last_name", "company_name", "phones", "emails"} & set(lead.values):
        words = lead.note[0].split("\n")[0] if lead.note else gettext("Lead")
        lead.values["first_name"] = words[:LONGEST_NAME].strip() or gettext("Lead")
    return lead
