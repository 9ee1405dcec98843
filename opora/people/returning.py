"""Where to go next: only a page of the same project (R6.15)."""

from urllib.parse import unquote, urlsplit

from django.http import HttpRequest

from opora.tenancy.context import require_project

LONGEST = 2000
DECODINGS = 3


def safe_next(wanted: str | None, default: str) -> str:
    """The wanted path if it is one of this project, else the default.

    Refused: other hosts and projects, `//x`, `\\x`, `/\\x`, control characters, schemes, `..`, and all of these
    encoded, also twice.
    """
    if not wanted or len(wanted) > LONGEST:
        return default
    text = wanted
    for _turn in range(DECODINGS):
        if not _is_inside(text):
            return default
        text = unquote(text)
    return wanted


def back(request: HttpRequest, default: str) -> str:
    """Where the form that was sent wants to return: its `next`, or the page it stood on."""
    referer = urlsplit(request.headers.get("Referer", ""))
    came_from = referer.path + (f"?{referer.query}" if referer.query else "")
    return safe_next(request.POST.get("next") or came_from, default)


def _is_inside(text: str) -> bool:
    strange = any(ord(char) < 33 or ord(char) == 127 or char == "\\" for char in text)
    path = text.split("?")[0].split("#")[0]
    return (
        not strange and text.startswith(require_project().address) and "//" not in path and ".." not in path
    )
