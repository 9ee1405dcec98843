"""The installation's secret: given by the environment, else made once and kept beside the data."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def installation_secret(data: Path) -> str:
    """`OPORA_SECRET`, or the text of DATA/secret, written at the first start (0600).

    Several processes may start at once: the first file written wins and the others read it.
    """
    given = os.environ.get("OPORA_SECRET")
    if given:
        return given
    path = data / "secret"
    if not path.exists():
        _write(path, secrets.token_urlsafe(50))
    return path.read_text().strip()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"secret.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    # A link fails where a rename would replace another process's secret.
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
