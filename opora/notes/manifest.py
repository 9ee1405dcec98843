"""What notes bring to the house."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from opora.notes.models import Note
from opora.records.kinds import Kind, builtin, common_fields, register
from opora.timeline.events import Ref


def above(note: Note) -> Sequence[Ref]:
    """The card a note stands on, and the one at the top of its chain."""
    return [Ref(note.about_kind, note.about_id)] + (
        [Ref(note.root_kind, note.root_id)] if note.root_id else []
    )


def found_by(note: Note) -> Mapping[str, str]:
    """A note is found by all of its text."""
    return {"text": note.text}


NOTE = register(
    Kind(
        name="note",
        model=Note,
        label=_("Note"),
        label_plural=_("Notes"),
        icon="note",
        url="notes",
        parents=above,
        seen_through=("contact", "deal"),
        search_text=found_by,
        fields=(
            builtin("text", "long_text", _("Text"), is_required=True, max_length=20_000, is_sortable=False),
            builtin("category", "text", _("Category"), max_length=60, is_filterable=False, is_sortable=False),
            builtin("files", "file", _("Files"), is_filterable=False, is_sortable=False),
            *common_fields(responsible=builtin("responsible", "user", _("Responsible"), is_sortable=False)),
        ),
    )
)
