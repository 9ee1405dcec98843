"""A stored file on its way to a person: saved, never run (R3.05, R7.02, R7.07)."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from opora.documents import shelf
from opora.documents.models import File
from opora.documents.sorts import UNKNOWN
from opora.kit.errors import NotFound

PIECE = 256 * 1024
_RANGE = re.compile(r"^bytes=(\d{1,15})?-(\d{1,15})?$")
_SEALED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def saved(request: HttpRequest, file: File) -> HttpResponseBase:
    """The file to be saved under its own name; a part of it when the request names a range (RFC 9110, 14)."""
    return _sent(
        request, _existing(file, ""), file.type or UNKNOWN, content_disposition_header(True, file.title)
    )


def shown(request: HttpRequest, file: File) -> HttpResponseBase:
    """The small picture we drew of it, to be shown in a page. Raises `NotFound` where there is none."""
    if not file.has_preview:
        raise NotFound()
    return _sent(request, _existing(file, shelf.PREVIEW), "image/jpeg", "inline")


def _existing(file: File, ending: str) -> Path:
    """Where its bytes stand. Raises `NotFound` for a file whose bytes were removed for good."""
    path = shelf.path_of(file.place, ending) if file.place else None
    if path is None or not path.is_file():
        raise NotFound()
    return path


def _sent(request: HttpRequest, path: Path, kind: str, disposition: str | None) -> HttpResponseBase:
    size = path.stat().st_size
    part = _wanted(request.headers.get("Range", ""), size)
    headers = {**_SEALED, "Accept-Ranges": "bytes", "Content-Disposition": disposition or "attachment"}
    if part is not None and not part:
        return StreamingHttpResponse(
            iter(()),
            status=416,
            headers={**headers, "Content-Range": f"bytes */{size}", "Content-Length": "0"},
        )
    span = part or range(size)
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    headers["Content-Length"] = str(len(span))
    return StreamingHttpResponse(
        _pieces(path, span), status=206 if part else 200, content_type=kind, headers=headers
    )


def _wanted(asked: str, size: int) -> range | None:
    """The one range that is asked for; empty for one outside the file, None for the whole file."""
    found = _RANGE.match(asked)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return range(max(0, size - int(found[2])), size)
    start, stop = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    if start >= size:
        return range(0)
    return range(start, stop) if start < stop else None


def _pieces(path: Path, span: range) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(span.start)
        left = len(span)
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
