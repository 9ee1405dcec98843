"""What a route asks of whoever comes: every view declares it, and a view that does not answers nobody (R2.03).

`@public`, `@signed_in`, `@right("contact.see")`, `@switch("users.manage")`, `@by_key("leads")`. A right may name a
part of the address: `@right("{kind}.edit")`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest

from opora.kit.errors import Forbidden, NotSignedIn, SectionClosed
from opora.people.access import Access
from opora.people.rights import may
from opora.people.switches import SWITCHES

View = TypeVar("View", bound=Callable[..., Any])
MARK = "opora_guard"


@dataclass(frozen=True)
class Guard:
    """The declared demand of a view. One of `rights` and one of `switches` is enough.

    `with_old_password` and `without_factor` name the few routes open to a person who must first change the password
    that was given, or set up the second factor that the role asks for.
    """

    is_public: bool = False
    takes_key: bool = False
    rights: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()
    key_scopes: tuple[str, ...] = ()
    checks_form: bool = True
    with_old_password: bool = False
    without_factor: bool = False
    ends_viewing: bool = False

    def check(self, request: HttpRequest, parts: Mapping[str, Any]) -> None:
        """Raise `NotSignedIn`, `SectionClosed` or `Forbidden` when the demand is not met."""
        if self.is_public:
            return
        access: Access = request.access  # type: ignore[attr-defined]
        token = request.token  # type: ignore[attr-defined]
        if not access.may_enter or (token and not self.takes_key):
            raise NotSignedIn()
        if self.key_scopes and token and not set(self.key_scopes) & set(token.scopes):
            raise Forbidden()
        if self.rights and not any(_may(access, name.format(**parts)) for name in self.rights):
            raise SectionClosed() if all(name.endswith(".see") for name in self.rights) else Forbidden()
        if self.switches and not any(access.has(name) for name in self.switches):
            raise Forbidden(action=SWITCHES[self.switches[0]].label)


def guarded(guard: Guard) -> Callable[[View], View]:
    """Declare a view's demand; for views made by a function (a router, a generic screen)."""

    def mark(view: View) -> View:
        setattr(view, MARK, guard)
        return view

    return mark


def public(view: View) -> View:
    """Anybody may come, signed in or not. Such routes are few and stand in the permission table (R9.01)."""
    return guarded(Guard(is_public=True, takes_key=True))(view)


def public_without_form(view: View) -> View:
    """Anybody may come, also a foreign site or program: no form token is asked. The view checks by itself."""
    return guarded(Guard(is_public=True, takes_key=True, checks_form=False))(view)


def signed_in(view: View) -> View:
    """Any person who is signed in."""
    return guarded(Guard())(view)


def right(*names: str) -> Callable[[View], View]:
    """A person who may do one of these with some record: `"contact.see"` is a kind and a verb."""
    return guarded(Guard(rights=names))


def switch(*names: str) -> Callable[[View], View]:
    """A person whose role has one of these switches."""
    return guarded(Guard(switches=names))


def by_key(*scopes: str) -> Callable[[View], View]:
    """A program with an API key of one of these scopes, or a person signed in (who sends the form token)."""
    return guarded(Guard(takes_key=True, key_scopes=scopes))


def guard_of(view: Callable[..., Any]) -> Guard | None:
    """The demand a view declares, or None."""
    found = getattr(view, MARK, None)
    return found if isinstance(found, Guard) else None


def _may(access: Access, name: str) -> bool:
    kind, _dot, verb = name.rpartition(".")
    return may(access, kind, verb)
