"""Making the demo project, and making it anew."""

from django.utils.translation import gettext_lazy as _

from opora.demo import words
from opora.demo.filling import USUAL, Size, fill
from opora.kit.errors import Forbidden
from opora.tenancy import drafts
from opora.tenancy.context import ProjectRef, find_project, project
from opora.tenancy.locks import one_process

SLUG = "demo"


def make(slug: str = SLUG, *, size: Size = USUAL) -> ProjectRef:
    """A new demo project in place of the one that had this address.

    It is filled unseen and then put there at once; when anything fails, what was there stays. Raises `Forbidden`
    when the address belongs to a customer.
    """
    draft = drafts.start_draft(slug, words.read("people")["firm"])
    try:
        with project(draft):
            fill(draft, size)
    except BaseException:
        drafts.drop_draft(draft)
        raise
    return drafts.publish_draft(draft, slug)


def make_if_missing(slug: str = SLUG) -> ProjectRef:
    """The demo project, made unless it is there. Two processes at once wait for each other.

    Raises `Forbidden` when another project has this address.
    """
    with one_process("demo"):
        found = find_project(slug=slug)
        if found is None:
            return make(slug)
        if not found.is_demo:
            raise Forbidden(message=_("This address belongs to a project that is no demo."), code="not_demo")
        return found


def make_anew(slug: str = SLUG) -> ProjectRef:
    """The demo project as on its first day: everything done in it is lost."""
    with one_process("demo"):
        return make(slug)
