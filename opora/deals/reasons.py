"""Why deals are lost: the project's own list (settings › "Причины отказа"), and what a lost deal must say."""

from django.utils.translation import gettext_lazy as _

from opora.deals.manifest import DEAL
from opora.deals.models import Deal
from opora.records import definitions, lists
from opora.records.definitions import StageOf
from opora.records.models import ListEntry

FIELD, WORDS = "reason", "lost_reason"
SUGGESTED = (
    _("Too expensive"),
    _("Chose another supplier"),
    _("Put off"),
    _("Does not answer"),
    _("Not our client"),
)
"""The usual reasons why a deal is lost, for a project that has no list of its own."""
lists.usual.register(f"{DEAL.name}.{FIELD}", tuple((words, "") for words in SUGGESTED))
lists.manners.register(
    f"{DEAL.name}.{FIELD}",
    lists.Manner(length=80, most=50, has_colors=False, asks_words=True, noun="reason", page="reasons"),
)


def asks_words(entry_id: str) -> bool:
    """Whether this reason needs a word of explanation; one that is gone does not."""
    is_known = entry_id.isascii() and entry_id.isdigit()
    return is_known and ListEntry.objects.filter(pk=int(entry_id), asks_words=True, removed_at=None).exists()


def missing(deal: Deal, stage: StageOf) -> list[str]:
    """The names of the fields that a lost deal still has to fill: the reason, or the words beside it."""
    if not stage.asks_reason:
        return []
    has_list = any(not choice.is_gone for choice in definitions.current().fields(DEAL.name)[FIELD].choices)
    if has_list and not deal.reason:
        return [FIELD]
    is_wordless = not deal.lost_reason.strip()
    return [WORDS] if is_wordless and (not deal.reason or asks_words(deal.reason)) else []
