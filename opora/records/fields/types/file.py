"""Files in a field, one or several: named by their ids, kept by `opora.documents`."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.records.fields.types.several import Several

if TYPE_CHECKING:
    from opora.records.fields.field import Field

SHOWN = ("id", "name", "size", "type", "has_preview")


class Files(Several):
    """A value is a list of `{"id", "name", "size", "type", "has_preview"}`: what a page shows without asking for more.

    What is sent is their ids; which may be named is asked where fields are written (`records.attached`). `most` of the
    options says how many the field holds.
    """

    name = "file"
    label = _("Files")
    icon = "paperclip"
    operators: ClassVar[tuple[str, ...]] = ("empty", "filled")
    input = "file"

    def parse(self, raw: Any, field: "Field") -> list[str] | None:
        """The ids, each once, in order. Raises `Invalid` for what is no id."""
        sent = raw if isinstance(raw, list) else self.parts(str(raw or ""))
        found = [str(each.get("id", "") if isinstance(each, dict) else each).strip() for each in sent]
        if any(not (each.isascii() and each.isdigit() and len(each) < 20) for each in found):
            raise Invalid({field.name: _("There is no such file. Attach it again.")})
        return list(dict.fromkeys(found)) or None

    def show(self, value: Any, field: "Field") -> str:
        return ", ".join(str(each["name"]) for each in value or ())

    def edited(self, value: Any, field: "Field") -> Any:
        return list(value or ())

    def all_keys(self, value: Any) -> list[str]:
        return [str(each["id"]) for each in value or ()]

    def api(self, value: Any) -> Any:
        return [{name: each.get(name) for name in SHOWN} for each in value or ()]

    def schema(self, field: "Field") -> dict[str, Any]:
        one = {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
        return {"type": "array", "items": {"anyOf": [{"type": "string"}, one]}}
