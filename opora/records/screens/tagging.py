"""Tags on a card: the block that shows them, and putting them on and off where it stands (O04)."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from opora.people.access import Access
from opora.people.guards import right
from opora.records import definitions
from opora.records.actions import perform
from opora.records.kinds import kind_of
from opora.records.models import Record
from opora.records.screens.acts import act_of, done
from opora.records.screens.cards import card_of
from opora.records.screens.related import Block
from opora.records.tags import FIELD


def tags_block(access: Access, record: Record) -> Block | None:
    """The tags of a record, and those that may still be put on it; absent where the field is closed."""
    field = definitions.current().readable(access, kind_of(record).name).get(FIELD)
    if field is None or field.is_hidden:
        return None
    have = field.get(record) or []
    more = {
        "tags": [choice for name in have if (choice := field.choice(name))],
        "offered": [choice for choice in field.choices if not choice.is_gone and choice.id not in have],
    }
    return Block("tags", gettext_lazy("Tags"), "records/tags.html", more=more)


@right("{kind}.see")
@require_POST
def tags(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Put tags on (`add`, names with commas) or take one off (`drop`)."""
    card = card_of(request, kind, record_id, "edit")
    add, drop = request.POST.get("add", ""), request.POST.get("drop", "")
    outcome = perform("tag", card.kind, act_of(request), [record_id], add=[add], drop=[drop])
    return done(request, outcome, _("Tags are changed"), card.url)
