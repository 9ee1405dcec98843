"""Files as people send them, and the shelf of the test's project."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from opora.documents import shelf
from opora.people.models import User
from opora.people.tokens import issue
from tests.clients import ProjectClient
from tests.contacts.conftest import new
from tests.people import Cast

PDF = b"%PDF-1.7\n" + b"x" * 300


def sent(name: str = "Смета.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A file in a form."""
    return SimpleUploadedFile(name, content)


def picture(
    width: int = 40, height: int = 30, kind: str = "JPEG", color: str = "red", **options: Any
) -> bytes:
    """A picture of one colour."""
    held = io.BytesIO()
    Image.new("RGB", (width, height), color).save(held, kind, **options)
    return held.getvalue()


def on_disk() -> set[str]:
    """The names of all files that stand in the project's folders, kept ones and arrivals."""
    found = [*shelf.folder().rglob("*"), *shelf.arrivals().glob("*")]
    return {path.name for path in found if path.is_file()}


def body(answer: Any) -> bytes:
    """The bytes of an answer that is streamed."""
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


@pytest.fixture
def clean_shelf(project: Any) -> Path:
    """The project's folders without what other tests left."""
    for path in [*shelf.folder().rglob("*"), *shelf.arrivals().glob("*")]:
        if path.is_file():
            path.unlink()
    return shelf.folder()


class Browser:
    """One person's browser on the card of one contact."""

    def __init__(self, client: ProjectClient, user: User, contact: Any) -> None:
        self.client, self.user, self.contact = client.sign_in(user), user, contact

    def upload(self, *files: SimpleUploadedFile, about: str = "", **form: str) -> Any:
        """Send files the way the page's script does: one request each; the last answer."""
        answer = None
        for file in files:
            sent_with = {"file": file, **form}
            if "field" not in form:
                sent_with["about"] = about or f"contact:{self.contact.pk}"
            answer = self.client.post("/api/v1/files", sent_with)
        return answer

    def keep(self, name: str = "Смета.pdf", content: bytes = PDF, **form: str) -> str:
        """The id of a file put on the card."""
        answer = self.upload(sent(name, content), **form)
        assert answer.status_code == 201, answer.content.decode()
        return str(answer.json()["id"])


@pytest.fixture
def browser(client: ProjectClient, cast: Cast, clean_shelf: Path, no_counts: None) -> Browser:
    """The manager with a contact of his own."""
    return Browser(client, cast.manager, new(cast.manager))


@pytest.fixture
def program(client: ProjectClient, cast: Cast) -> Any:
    """Headers of a program of the manager with a key of these scopes."""
    return lambda *scopes: {"Authorization": f"Bearer {issue(cast.manager, list(scopes))[1]}"}
