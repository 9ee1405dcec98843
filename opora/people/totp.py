"""Codes of authenticator apps: TOTP of RFC 6238 with what every app knows (SHA-1, six digits, thirty seconds)."""

import secrets
from base64 import b32decode, b32encode
from dataclasses import dataclass

import segno
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_BYTES = 20
"""As long as the hash, as RFC 4226 (4) asks."""
DIGITS, PERIOD = 6, 30
DRIFT = 1
"""How many steps the clock of a phone may be off either way (RFC 6238, 5.2)."""
QUIET = 4
"""The light border of a QR code, in modules (ISO/IEC 18004)."""


@dataclass(frozen=True)
class Qr:
    """A QR code as one SVG path in a square of `size` modules, its border counted."""

    size: int
    path: str


def new_secret() -> str:
    """A random secret in base32, as it is shown to be typed by hand."""
    return b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def matching_step(secret: str, code: str, now: float) -> int | None:
    """The step of thirty seconds a code belongs to, if it is this one or a neighbour of it; else None."""
    made, current = _totp(secret), int(now // PERIOD)
    sent = code.encode()
    found = None
    for step in range(current - DRIFT, current + DRIFT + 1):
        if bytes_eq(made.generate(max(0, step) * PERIOD), sent):
            found = step
    return found


def address(secret: str, account: str, issuer: str) -> str:
    """The `otpauth://` address an app is given, by the QR code or by a link on the phone itself."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def qr(text: str) -> Qr:
    """The text as a QR code for a screen, which has no smudges: level L keeps the modules large."""
    code = segno.make(text, error="l", micro=False, boost_error=False)
    runs = [
        f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z"
        for y, row in enumerate(code.matrix)
        for x, length in _runs(row)
    ]
    return Qr(len(code.matrix) + 2 * QUIET, "".join(runs))


def _runs(row: bytearray) -> list[tuple[int, int]]:
    """Where dark modules begin in a row, and how many follow each other."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((x, 1))
    return found


def _totp(secret: str) -> TOTP:
    return TOTP(b32decode(secret), DIGITS, SHA1(), PERIOD)  # noqa: S303 - HMAC-SHA-1, the one all apps know
