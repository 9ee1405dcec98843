"""A file that has come: looked at, put on the shelf, its row made by the one road of actions."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from opora.documents import limits, naming, pictures, shelf, sorts
from opora.documents.manifest import FILE
from opora.documents.receiving import Received
from opora.kit.errors import Invalid, Refusal, TooLarge, UnsupportedType
from opora.records import definitions
from opora.records.actions import Outcome, perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.ui import formats


@dataclass(frozen=True)
class Stored:
    """Bytes on the shelf with what is known of them. Two of the same content are the same act when it is repeated."""

    name: str
    place: str
    size: int
    type: str
    sha256: str
    has_preview: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.sha256}"


def attach(act: Act, received: Received, *, about: str = "", field: str = "") -> Outcome:
    """Keep a file on a card (`contact:42`), or for a field that is about to be filled with it.

    Raises `TooLarge`, `UnsupportedType`, `Invalid` (empty, cut off, without a name, no room), `NotFound` for a card the
    person does not see. What is not kept leaves nothing behind.
    """
    stored = put_photo(received) if is_photo(field) else put(received)
    try:
        outcome = perform("create", FILE, act, stored=stored, about=about, field=field)
    except BaseException:
        shelf.remove(stored.place)
        raise
    if outcome.is_replay:
        shelf.remove(stored.place)
    return outcome


def put(received: Received) -> Stored:
    """Look at a file that has come and put it on the shelf, with its preview. Raises as `attach` does."""
    name, sort = checked(received)
    draft = received.draft
    has_preview = sort.type in sorts.PREVIEWED and pictures.drawn(draft.path, pictures.PREVIEW)
    draft.keep()
    if has_preview:
        shelf.put(pictures.beside(draft.path), shelf.path_of(draft.place, shelf.PREVIEW))
    return Stored(name, draft.place, draft.size, sort.type, draft.sha256, has_preview)


def is_photo(field: str) -> bool:
    """Whether files of a field are brought to the size of a photo."""
    named = (definitions.current().fields(kind.name).get(field) for kind in kinds) if field else ()
    return any(each is not None and each.options.get("is_photo") for each in named)


def put_photo(received: Received) -> Stored:
    """Keep a picture as a photo of 200×300, drawn anew: what was sent is not kept (O05, R7.08).

    Raises `TooLarge` above a megabyte, `Invalid` for what is no picture or an animated one, as well as `attach` does.
    """
    name, sort = checked(received)
    if received.draft.size > limits.PHOTO:
        words = _("A photo is at most %(size)s.") % {"size": formats.size(limits.PHOTO)}
        raise TooLarge(limits.PHOTO, words)
    if sort.type not in sorts.PREVIEWED:
        raise UnsupportedType({"file": _("A photo is a picture: .jpg, .png, .gif or .webp.")})
    pictures.must_draw(received.draft.path, pictures.PHOTO)
    drawn = pictures.beside(received.draft.path)
    photo = shelf.Draft()
    photo.write(drawn.read_bytes())
    photo.end()
    photo.keep()
    shelf.put(drawn, shelf.path_of(photo.place, shelf.PREVIEW))
    title = f"{name.rpartition('.')[0]}.jpg"
    return Stored(title, photo.place, photo.size, "image/jpeg", photo.sha256, has_preview=True)


def checked(received: Received) -> tuple[str, sorts.Sort]:
    """The name and the sort of a file that has come. Raises the refusals of its size, name and content."""
    if received.is_cut:
        raise Invalid({"file": _("The file did not come whole. Send it again.")}, code="cut_off")
    if received.draft.is_over:
        words = _("The file is larger than %(size)s.") % {"size": formats.size(received.limit)}
        raise TooLarge(received.limit, words)
    name = naming.cleaned(received.given_name)
    return name, sorts.sort_of(name, received.draft.head, limits.groups())


def words_of(refusal: Refusal) -> str:
    """Why a file was not taken, in one line beside its name."""
    fields = refusal.fields.values() if isinstance(refusal, Invalid) else ()
    return next((str(words[0]) for words in fields if words), str(refusal.message))
