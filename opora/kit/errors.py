"""Every refusal of the product (R1.01): what happened, its status, its code, and words for the person.

Code that knows the rule raises one of these; only `opora.ui.refusals` turns one into a page, a fragment or JSON.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Refusal(Exception):
    """A request that is refused. `message` is shown to the person; `fields` names what is wrong by field."""

    status = 400
    code = "refused"
    words: Words = _("This can't be done.")

    def __init__(self, message: Words | None = None, *, code: str | None = None, **details: Any) -> None:
        self.message: Words = message if message is not None else self.words
        self.code = code or type(self).code
        self.details = details
        super().__init__(str(code or type(self).code))


class NotSignedIn(Refusal):
    """Nobody is signed in: a page goes to the sign-in page, the API answers 401."""

    status = 401
    code = "not_authenticated"
    words = _("Sign in to continue.")


class NotFound(Refusal):
    """Absent, in another project or invisible to this person: the three look the same (R1.02)."""

    status = 404
    code = "not_found"
    words = _("Not found")


class MethodNotAllowed(Refusal):
    """The address knows other methods only; the answer's `Allow` names them (RFC 9110, 15.5.6)."""

    status = 405
    code = "method_not_allowed"
    words = _("This address can't be asked in this way.")


class Forbidden(Refusal):
    """Visible, but this person may not do that. `action` is the name of what was refused."""

    status = 403
    code = "forbidden"

    def __init__(
        self, action: Words = "", *, code: str | None = None, message: Words | None = None, **details: Any
    ) -> None:
        self.action = action
        super().__init__(
            message if message is not None else _("You don't have the right to do this."),
            code=code,
            **details,
        )


class SectionClosed(Refusal):
    """The section or function is switched off for this person."""

    status = 403
    code = "section_closed"
    words = _("This section is switched off for you.")


class AddressRefused(Refusal):
    """The network address is outside the allowed ranges (R6.11)."""

    status = 403
    code = "ip_not_allowed"
    words = _("Signing in from this address is not allowed.")


class AccountBlocked(Refusal):
    """Dismissed, switched off or not activated; said only after a correct password."""

    status = 403
    code = "account_blocked"
    words = _("This account can't be used.")


class Invalid(Refusal):
    """What was sent breaks a rule. `fields` maps a field's name to its messages; what was typed stays."""

    status = 422
    code = "validation_error"
    words = _("Some fields need correcting.")

    def __init__(
        self,
        fields: Mapping[str, Sequence[Words] | Words] | None = None,
        *,
        message: Words | None = None,
        code: str | None = None,
        **details: Any,
    ) -> None:
        self.fields: dict[str, list[Words]] = {
            name: [words] if isinstance(words, str | Promise) else list(words)
            for name, words in (fields or {}).items()
        }
        super().__init__(message, code=code, **details)


class UnsupportedType(Invalid):
    """A file of a type that is not taken."""

    code = "unsupported_type"
    words = _("Files of this type can't be uploaded.")


class IdempotencyMismatch(Invalid):
    """The same key was sent with another body (R11.06)."""

    code = "idempotency_mismatch"
    words = _("This form was already sent with other content. Open it again.")


class Conflict(Refusal):
    """Someone changed the record meanwhile.

    `current` maps a field's name to its label, the stored value and the value that was sent, as shown to people.
    """

    status = 409
    code = "conflict"
    words = _("Someone changed this record while you were working on it.")

    def __init__(
        self,
        message: Words | None = None,
        *,
        current: Mapping[str, Any] | None = None,
        code: str | None = None,
        **details: Any,
    ) -> None:
        self.current = dict(current or {})
        super().__init__(message, code=code, **details)


class TooLarge(Refusal):
    """The body or file is over the limit, in bytes."""

    status = 413
    code = "too_large"
    words = _("This is larger than allowed.")

    def __init__(self, limit: int, message: Words | None = None) -> None:
        self.limit = limit
        super().__init__(message, limit=limit)


class RateLimited(Refusal):
    """Too many requests; `retry_after` is in seconds."""

    status = 429
    code = "rate_limited"
    words = _("Too many attempts. Try again later.")

    def __init__(self, retry_after: int, message: Words | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message, retry_after=retry_after)


class Busy(Refusal):
    """The database stayed busy longer than the wait limit (R12.06)."""

    status = 503
    code = "busy"
    words = _("The database is busy. Nothing is lost: try again.")
    retry_after = 2


class Maintenance(Refusal):
    """The project is being restored or migrated."""

    status = 503
    code = "maintenance"
    words = _("The project is being updated. Try again in a minute.")
    retry_after = 30


class StorageFull(Refusal):
    """No space is left on the disk (R13.08)."""

    status = 507
    code = "storage_full"
    words = _("The disk is full. What you typed is kept: tell the administrator.")
