"""A project made beside the one it replaces: filled unseen, then put in its place at once."""

import time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Forbidden
from opora.tenancy import directory
from opora.tenancy.aliases import DIRECTORY
from opora.tenancy.context import ProjectRef, find_project
from opora.tenancy.models import Project
from opora.tenancy.provisioning import create_project, discard
from opora.tenancy.schema_version import code_version

ENDING = "-draft"


def start_draft(slug: str, name: str) -> ProjectRef:
    """An empty demo project that nobody sees yet, to be published as `slug`. One left by a killed process goes first.

    Raises `Forbidden` when the address belongs to a project that is no demo (R9.01).
    """
    _refuse_real(slug)
    for left in _living(slug + ENDING):
        discard(left)
    ref = create_project(slug + ENDING, name, is_demo=True)
    Project.objects.filter(pk=ref.id).update(status=directory.MAINTENANCE, schema_version="")
    directory.forget()
    return ref


def publish_draft(draft: ProjectRef, slug: str) -> ProjectRef:
    """Give the draft its address; the demo that had it until now is removed with its database.

    Other processes remember addresses for a moment, so the old database stays until they have asked anew.
    """
    with transaction.atomic(using=DIRECTORY):
        _refuse_real(slug)
        old = _living(slug)
        Project.objects.filter(pk__in=[row.pk for row in old]).update(status=directory.REMOVED)
        Project.objects.filter(pk=draft.id).update(
            slug=slug, status=directory.ACTIVE, schema_version=code_version()
        )
    directory.forget()
    if old:
        time.sleep(directory.REMEMBERED * 1.5)
    for row in old:
        discard(row)
    found = find_project(slug=slug)
    assert found is not None
    return found


def drop_draft(draft: ProjectRef) -> None:
    """Remove a draft that could not be finished."""
    for row in Project.objects.filter(pk=draft.id).select_related("node"):
        discard(row)


def _living(slug: str) -> list[Project]:
    rows = Project.objects.filter(slug=slug).exclude(status=directory.REMOVED)
    return list(rows.select_related("node"))


def _refuse_real(slug: str) -> None:
    if any(not row.is_demo for row in _living(slug)):
        raise Forbidden(message=_("This address belongs to a project that is no demo."), code="not_demo")
