"""The field types, one file each. A new one registers itself here by name."""

from opora.kit.registry import Registry
from opora.records.fields.types.address import Addresses
from opora.records.fields.types.base import Asker, FieldType
from opora.records.fields.types.checkbox import Checkbox
from opora.records.fields.types.date import Date
from opora.records.fields.types.email import Emails
from opora.records.fields.types.file import Files
from opora.records.fields.types.link import Link
from opora.records.fields.types.moment import Moment
from opora.records.fields.types.money import Amount
from opora.records.fields.types.number import Number
from opora.records.fields.types.phone import MaskedPhones, Phones
from opora.records.fields.types.record import RecordType
from opora.records.fields.types.selector import MultiSelector, Selector
from opora.records.fields.types.site import Sites
from opora.records.fields.types.stage import StageType
from opora.records.fields.types.tags import Tags
from opora.records.fields.types.text import LongText, Text
from opora.records.fields.types.user import UserType

types: Registry[FieldType] = Registry("field type")
for _type in (
    Text(),
    LongText(),
    Number(),
    Amount(),
    Checkbox(),
    Date(),
    Moment(),
    Selector(),
    MultiSelector(),
    Tags(),
    Phones(),
    Emails(),
    Link(),
    Sites(),
    Addresses(),
    UserType(),
    StageType(),
    RecordType(),
    Files(),
):
    types.register(_type.name, _type)

MASKED_PHONES = MaskedPhones()

__all__ = ["MASKED_PHONES", "Asker", "FieldType", "types"]
