"""Renaming a project: what people call it. Its address and its database keep their names."""

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.kit.text import clean
from opora.tenancy import directory
from opora.tenancy.context import ProjectRef
from opora.tenancy.models import Project

LONGEST = 200


def rename_project(ref: ProjectRef, name: str) -> str:
    """Call a project otherwise; other processes follow within a second. Raises `Invalid` for an empty or long name."""
    wanted = clean(name, LONGEST, field="name").strip()
    if not wanted:
        raise Invalid({"name": _("Fill in this field.")}, code="required")
    Project.objects.filter(key=ref.key).update(name=wanted)
    directory.forget()
    return wanted
