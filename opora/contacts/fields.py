"""Fields that only contacts have: the companies of a person, with the role in each (O01)."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from opora.contacts.models import Membership
from opora.records.fields import Field
from opora.records.fields.types import Asker
from opora.records.fields.types.base import FieldType
from opora.records.fields.types.record import RecordType
from opora.timeline.events import Ref

if TYPE_CHECKING:
    from opora.records.models import Record


class MainCompany(RecordType):
    """The main company of a person; a filter by a company finds those who belong to it beside another one too."""

    def where(self, field: Field, operator: str, raw: str, asker: Asker) -> Q:
        if operator not in ("is", "not"):
            return super().where(field, operator, raw, asker)
        number = self.operand(raw, field, asker)
        beside = Membership.objects.filter(company_id=number).values("person_id")
        found = Q(company_id__isnull=False, company_id=number) | Q(pk__in=beside)
        return found if operator == "is" else ~found


class Companies(FieldType):
    """All companies of a person as `[{"company": "<id>", "role"}]`, the main one first; changed by verbs alone.

    Whoever reads it sees those rows whose company is visible.
    """

    name = "companies"
    label = ""
    icon = "building"
    is_for_own = False
    can_sort = False
    operators = ()

    def show(self, value: Any, field: Field) -> str:
        return ""

    def get_column(self, record: "Record", column: str) -> Any:
        roles: dict[int, str] = record.roles  # type: ignore[attr-defined]
        return [{"company": str(number), "role": role} for number, role in roles.items()] or None

    def refs(self, value: Any, field: Field) -> list[Ref]:
        return [Ref("contact", int(row["company"])) for row in value or ()]

    def api_seen(self, value: Any, field: Field, seen: set[Ref]) -> Any:
        return [row for row in value or () if Ref("contact", int(row["company"])) in seen]

    def schema(self, field: Field) -> dict[str, Any]:
        one = {"type": "object", "properties": {"company": {"type": "string"}, "role": {"type": "string"}}}
        return {"type": "array", "items": one}
