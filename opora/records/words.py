"""Names that customers give, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy


def in_language(name: str, names: Mapping[str, str] | None) -> str:
    """The translation for the current language, or the name as it was typed."""
    return (names or {}).get((get_language() or "ru")[:2]) or name


GROUPS: Mapping[str, str | Promise] = {
    "new": pgettext_lazy("group of stages", "Unprocessed"),
    "work": pgettext_lazy("group of stages", "In progress"),
    "won": pgettext_lazy("group of stages", "Successful"),
    "lost": pgettext_lazy("group of stages", "Failed"),
}
