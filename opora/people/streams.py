"""Who opens a live stream, asked when it opens and every few seconds while it is open (R6.10)."""

from collections.abc import Mapping

from django.http import parse_cookie

from opora.kit.errors import Refusal
from opora.people.addresses import believed
from opora.people.entry import let_in
from opora.people.sessions import COOKIE, session_of
from opora.tenancy.context import ProjectRef


def recognise(project: ProjectRef, headers: Mapping[str, str], address: str) -> int | None:
    """The id of the user whose session the cookies hold, if he may still be here; None for everyone else.

    An open stream is no sign of life: a session ends after its idle hours also when a page is left open.
    """
    session = session_of(parse_cookie(headers.get("cookie", "")).get(COOKIE, ""))
    if session is None or session.user.must_change_password or session.user.lacks_factor:
        return None
    try:
        let_in(session.user, believed(address, headers.get("x-forwarded-for", "")))
    except Refusal:
        return None
    return session.user_id
