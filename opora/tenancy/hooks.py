"""What higher floors ask to be done at moments in a project's life. Each hook runs inside the project."""

from collections.abc import Callable
from typing import Generic, TypeVar

from opora.tenancy.context import ProjectRef

Hook = TypeVar("Hook", bound=Callable[[ProjectRef], object])


class Moment(Generic[Hook]):
    """A moment, and the functions that run at it in the order they were registered."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._hooks: list[Hook] = []

    def register(self, hook: Hook) -> Hook:
        """Add a function `(ProjectRef) -> anything`; also as a decorator."""
        if hook not in self._hooks:
            self._hooks.append(hook)
        return hook

    def run(self, ref: ProjectRef) -> None:
        """Run the functions for a project that is entered."""
        for hook in self._hooks:
            hook(ref)


after_create: Moment[Callable[[ProjectRef], object]] = Moment("a project has been made")
after_migrate: Moment[Callable[[ProjectRef], object]] = Moment(
    "a project has been migrated (run-time indexes)"
)
after_restore: Moment[Callable[[ProjectRef], object]] = Moment(
    "a project has been restored (sessions and tokens end, outgoing integrations are off)"
)
