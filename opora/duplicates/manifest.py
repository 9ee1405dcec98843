"""What duplicates register with the floors below: their keys, and a look at records of before an upgrade."""

from opora.duplicates import keys
from opora.duplicates.models import DuplicateKey
from opora.tenancy import hooks
from opora.tenancy.context import ProjectRef

__all__ = ["keys"]


@hooks.after_migrate.register
def keys_of_earlier_days(project: ProjectRef) -> None:
    """Records that were there before keys were kept get theirs by a job."""
    missing = not DuplicateKey.objects.exists()
    if missing and any(kind.model._default_manager.exists() for kind in keys.KINDS.values()):
        keys.rebuild.using(key="duplicates:rebuild").enqueue()
