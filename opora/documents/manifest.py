"""What files bring to the house."""

from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opora.documents.models import File
from opora.people.access import Access
from opora.people.middleware import access_of
from opora.people.switches import SETTINGS
from opora.records import definitions
from opora.records.kinds import Kind, builtin, common_fields, kinds, register
from opora.timeline.events import Ref
from opora.ui.navigation import Place, settings_places

CARDS = ("contact", "deal", "task")
"""The kinds whose cards have files."""


def above(file: File) -> Sequence[Ref]:
    """The card a file stands on, and the one at the top of its chain; one that a field holds is told by its record."""
    if file.about_id is None or file.field:
        return []
    return [Ref(file.about_kind, file.about_id)] + (
        [Ref(file.root_kind, file.root_id)] if file.root_id else []
    )


def narrowed(access: Access) -> Q:
    """Nobody sees a file that was taken out of its field, nor one of a field he may not read (R2.02)."""
    now = definitions.current()
    closed: set[str] = set()
    for kind in kinds:
        held = {name for name, field in now.fields(kind.name).items() if field.type.name == "file"}
        closed |= held - now.readable(access, kind.name).keys() if held else set()
    return Q(detached_at=None) & (~Q(field__in=sorted(closed)) if closed else Q())


def found_by(file: File) -> Mapping[str, str]:
    """A file is found by its name."""
    return {"text": file.title}


FILE = register(
    Kind(
        name="file",
        model=File,
        label=_("File"),
        label_plural=_("Files"),
        icon="paperclip",
        url="files",
        parents=above,
        seen_through=CARDS,
        narrowed=narrowed,
        search_text=found_by,
        fields=(
            builtin("title", "text", _("Name"), key_column="title_key", writable=False),
            builtin("size", "number", _("Size"), writable=False),
            builtin("type", "text", _("File type"), writable=False, is_filterable=False, is_sortable=False),
            builtin("sha256", "text", _("Checksum"), writable=False, is_filterable=False, is_sortable=False),
            *common_fields(
                responsible=builtin(
                    "responsible", "user", _("Responsible"), writable=False, is_sortable=False
                )
            ),
        ),
    )
)
settings_places.register(
    "files",
    Place(
        "files",
        _("Files"),
        "paperclip",
        "settings/files/",
        "records",
        43,
        lambda request: access_of(request).has(SETTINGS.name),
    ),
)
