"""Which files are taken: by extension and by content, and both must agree (R7.07).

Our own list of first bytes, not a library: what is asked is «is this really a .pdf», for some forty extensions, and a
guess about all files of the world would be looser than that.
"""

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from opora.documents.naming import extension
from opora.kit.errors import Invalid, UnsupportedType

HEAD = 4096
"""Bytes of a file's beginning that tell what it is."""
UNKNOWN = "application/octet-stream"


@dataclass(frozen=True)
class Sort:
    """Files of one extension. `group` is the switch of the settings that allows them; `type` goes with a download.

    Pages and drawings that a browser could run have no type of their own: they are bytes to be saved.
    """

    type: str
    group: str
    begins: Callable[[bytes], bool]


def _starts(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(beginnings)


def _riff(kind: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == kind


def _is_pdf(head: bytes) -> bool:
    return b"%PDF-" in head[:1024]


def _is_film(head: bytes) -> bool:
    return head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free")


def _is_mp3(head: bytes) -> bool:
    return head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)


_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def is_text(head: bytes) -> bool:
    """Whether these bytes can be a text, in UTF-16 with its mark or in any encoding without control characters."""
    return head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or not _CONTROL.search(head)


def _all(group: str, begins: Callable[[bytes], bool], **types: str) -> dict[str, Sort]:
    return {name: Sort(kind, group, begins) for name, kind in types.items()}


_ZIP = _starts(b"PK\x03\x04", b"PK\x05\x06")
_OLE = _starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
SORTS: Mapping[str, Sort] = {
    **_all("documents", _is_pdf, pdf="application/pdf"),
    **_all(
        "documents",
        _ZIP,
        docx=_OFFICE + "wordprocessingml.document",
        xlsx=_OFFICE + "spreadsheetml.sheet",
        pptx=_OFFICE + "presentationml.presentation",
        odt=_OPEN + "text",
        ods=_OPEN + "spreadsheet",
        odp=_OPEN + "presentation",
    ),
    **_all(
        "documents",
        _OLE,
        doc="application/msword",
        xls="application/vnd.ms-excel",
        ppt="application/vnd.ms-powerpoint",
        msg="application/vnd.ms-outlook",
    ),
    **_all("documents", _starts(b"{\\rtf"), rtf="application/rtf"),
    **_all(
        "documents",
        is_text,
        txt="text/plain",
        csv="text/csv",
        md="text/plain",
        json="application/json",
        ics="text/calendar",
        vcf="text/vcard",
        eml="message/rfc822",
        dxf="image/vnd.dxf",
    ),
    **_all("documents", _starts(b"AC10"), dwg="image/vnd.dwg"),
    **_all("documents", _starts(b"\x30\x82", b"\x30\x80", b"-----BEGIN"), sig=UNKNOWN, p7s=UNKNOWN),
    **_all("pictures", _starts(b"\xff\xd8\xff"), jpg="image/jpeg", jpeg="image/jpeg"),
    **_all("pictures", _starts(b"\x89PNG\r\n\x1a\n"), png="image/png"),
    **_all("pictures", _starts(b"GIF87a", b"GIF89a"), gif="image/gif"),
    **_all("pictures", _riff(b"WEBP"), webp="image/webp"),
    **_all("pictures", _starts(b"BM"), bmp="image/bmp"),
    **_all("pictures", _starts(b"II*\x00", b"MM\x00*"), tif="image/tiff", tiff="image/tiff"),
    **_all("pictures", _is_film, heic="image/heic", heif="image/heif"),
    **_all("recordings", _is_mp3, mp3="audio/mpeg"),
    **_all("recordings", _riff(b"WAVE"), wav="audio/wav"),
    **_all("recordings", _starts(b"OggS"), ogg="audio/ogg", opus="audio/ogg", oga="audio/ogg"),
    **_all("recordings", _is_film, mp4="video/mp4", m4a="audio/mp4", mov="video/quicktime"),
    **_all("recordings", _starts(b"\x1aE\xdf\xa3"), webm="video/webm", mkv="video/x-matroska"),
    **_all("archives", _ZIP, zip="application/zip"),
    **_all("archives", _starts(b"Rar!\x1a\x07"), rar="application/vnd.rar"),
    **_all("archives", _starts(b"7z\xbc\xaf\x27\x1c"), **{"7z": "application/x-7z-compressed"}),
    **_all("archives", _starts(b"\x1f\x8b"), gz="application/gzip"),
    **_all("pages", is_text, svg=UNKNOWN, html=UNKNOWN, htm=UNKNOWN, xml=UNKNOWN),
}
PREVIEWED = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""Pictures that are decoded, to be shown small; never shown themselves."""


def sort_of(name: str, head: bytes, groups: frozenset[str]) -> Sort:
    """The sort of a file by its cleaned name and its first bytes, among the groups that the project takes.

    Raises `UnsupportedType` for any other, and for content that is not what the name says.
    """
    ending = extension(name)
    sort = SORTS.get(ending)
    if not ending:
        raise UnsupportedType({"file": _("The name of the file has no ending such as .pdf.")})
    if sort is None or sort.group not in groups:
        raise UnsupportedType({"file": _("Files .%(ending)s are not taken.") % {"ending": ending}})
    if not head:
        raise Invalid({"file": _("The file is empty.")}, code="empty_file")
    if not sort.begins(head):
        words = _("The content of the file is not what its ending says (.%(ending)s).")
        raise UnsupportedType({"file": words % {"ending": ending}}, code="not_its_type")
    return sort
