"""Files as a request brings them: streamed to the project's own disk, cut at the limit (R7.07, R17.01)."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from opora.documents import limits
from opora.documents.shelf import Draft
from opora.kit.errors import Invalid
from opora.tenancy.context import current_project

ENDING = 200
"""Bytes of a body's end that are remembered: its last boundary."""


class Received(UploadedFile):
    """A file of a request, standing on the disk as a draft; it is removed with the request unless it is kept."""

    def __init__(self, draft: Draft, name: str, limit: int) -> None:
        self.draft, self.given_name, self.limit = draft, name, limit
        self.is_cut = False
        super().__init__(file=None, name="file", size=draft.size)

    def close(self) -> None:
        """Remove the draft."""
        self.draft.drop()


class ToShelf(FileUploadHandler):
    """Django's upload handler of the whole product: inside a project files go to its disk, outside none is taken."""

    chunk_size = 256 * 1024

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._draft: Draft | None = None
        self._received: list[Received] = []
        self._end: _End | None = None
        self._boundary = b""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        """Remember how the body ends: one without its last boundary was cut off."""
        self._boundary = boundary
        if isinstance(input_data, HttpRequest):
            self._end = _End(input_data._stream)
            input_data._stream = self._end  # type: ignore[assignment]

    def new_file(self, *given: Any, **named: Any) -> None:
        """The next file begins."""
        super().new_file(*given, **named)
        if current_project() is None:
            raise SkipFile()
        self._draft, self._limit = Draft(), limits.of_file()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write what came; what is beyond the limit is counted, not written."""
        assert self._draft is not None
        if self._draft.size + len(raw_data) > self._limit:
            self._draft.is_over = True
            return
        self._draft.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        """The file is whole."""
        assert self._draft is not None
        draft, self._draft = self._draft, None
        draft.end()
        received = Received(draft, self.file_name or "", self._limit)
        self._received.append(received)
        return received

    def upload_complete(self) -> None:
        """The body is read. Whatever it brought is worth nothing when it was cut off."""
        if self._end is not None and not self._end.is_last(self._boundary):
            for received in self._received:
                received.is_cut = True

    def upload_interrupted(self) -> None:
        """The client is gone: what has come goes too."""
        if self._draft is not None:
            self._draft.drop()


class _End:
    """A body's stream that remembers the last bytes it gave."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._last = stream, b""

    def read(self, *size: int) -> bytes:
        """What Django's parser reads with."""
        return self._noted(self._stream.read(*size))

    def readline(self, *size: int) -> bytes:
        """What Django empties the rest of a body with."""
        return self._noted(self._stream.readline(*size))

    def _noted(self, piece: bytes) -> bytes:
        if piece:
            self._last = (self._last + piece)[-ENDING:]
        return piece

    def is_last(self, boundary: bytes) -> bool:
        """Whether the body ended with its last boundary."""
        return self._last.rstrip().endswith(b"--" + boundary + b"--")


def files_of(request: HttpRequest, name: str = "file") -> list[Received]:
    """The files a form sent under a name."""
    return [each for each in request.FILES.getlist(name) if isinstance(each, Received)]


def one_file(request: HttpRequest, name: str = "file") -> Received:
    """The one file a form sent. Raises `Invalid` for none and for several."""
    found = files_of(request, name)
    if len(found) != 1:
        raise Invalid({"file": _("Choose a file.")}, code="required")
    return found[0]
