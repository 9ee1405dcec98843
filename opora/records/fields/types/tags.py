"""Tags: several short words on a record, picked from the project's list or made on the spot (O04, I14)."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from opora.kit.text import clean, fold, is_blank
from opora.records.fields.types.selector import MultiSelector, option_id

if TYPE_CHECKING:
    from opora.records.fields.field import Field

LONGEST = 50


class Tags(MultiSelector):
    """The ids of entries of a list (`ListEntry`); words that are not in it are added to it by `records.tags`."""

    name = "tags"
    label = _("Tags")
    icon = "tag"
    input = "tags"
    is_for_own = False

    def parse(self, raw: Any, field: "Field") -> list[str] | None:
        """The ids of the tags, by id or by name, in no order of their own. Raises `Invalid` (unknown)."""
        found = {self.known(part, field) or option_id(part, field) for part in self.parts_of(raw)}
        order = [choice.id for choice in field.choices]
        return sorted(found, key=order.index) or None

    def parts_of(self, raw: Any) -> list[str]:
        """The ids and names that were sent, as texts: a list, or one text with commas."""
        texts = raw if isinstance(raw, list) else [raw or ""]
        return [part.strip() for text in texts for part in str(text).split(",") if not is_blank(part)]

    def known(self, text: str, field: "Field") -> str:
        """The id of the tag that is called so, whatever its case; empty for a new one."""
        wanted = fold(text)
        for choice in field.choices:
            names = {choice.id, fold(choice.label), *(fold(name) for name in choice.labels.values())}
            if wanted in names and (not choice.is_gone or wanted == choice.id):
                return choice.id
        return ""

    def named(self, text: str, field: "Field") -> str:
        """The name of a new tag. Raises `Invalid` above fifty characters."""
        return clean(text, LONGEST, field=field.name)
