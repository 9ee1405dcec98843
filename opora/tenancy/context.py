"""The current project: which one this thread or task works in."""

from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from django.conf import settings
from django.db import connections

from opora.tenancy.aliases import DIRECT_ALIAS, PROJECT_ALIAS
from opora.tenancy.directory import ProjectRow, project_row


class OutsideProject(RuntimeError):
    """Project rows were asked for while no project is entered (R3.02)."""

    def __init__(self) -> None:
        super().__init__("No project is entered: wrap the code in `with project(key):`.")


@dataclass(frozen=True)
class ProjectRef:
    """A project as code above the tenancy floor sees it. `key` names its database, `slug` its address."""

    id: int
    key: str
    slug: str
    name: str
    node: str = ""
    status: str = "active"
    is_demo: bool = False

    @property
    def data_dir(self) -> Path:
        """The folder of this project's files (0700)."""
        return Path(settings.DATA) / "projects" / self.key

    @property
    def address(self) -> str:
        """Where the project lives on the site, with both slashes; also the path of its cookies."""
        return f"/projects/{self.slug}/"

    @classmethod
    def from_row(cls, row: ProjectRow) -> "ProjectRef":
        """The project that a directory row describes."""
        return cls(
            id=row.id,
            key=row.key,
            slug=row.slug,
            name=row.name,
            node=row.node,
            status=row.status,
            is_demo=row.is_demo,
        )


@dataclass(frozen=True)
class _Entered:
    ref: ProjectRef
    alias: str


_entered: ContextVar[_Entered | None] = ContextVar("opora_project", default=None)


def current_project() -> ProjectRef | None:
    """The project entered here, or None."""
    entered = _entered.get()
    return entered.ref if entered else None


def require_project() -> ProjectRef:
    """The project entered here. Raises `OutsideProject` when there is none."""
    entered = _entered.get()
    if entered is None:
        raise OutsideProject()
    return entered.ref


def require_alias() -> str:
    """The alias of the database of the project entered here. Raises `OutsideProject` when there is none."""
    alias = current_alias()
    if alias is None:
        raise OutsideProject()
    return alias


def current_alias() -> str | None:
    """The database alias that `default` stands for here, or None outside a project."""
    entered = _entered.get()
    return entered.alias if entered else None


def find_project(*, slug: str = "", key: str = "") -> ProjectRef | None:
    """The project with this slug or key, in any state but removed; None when there is none."""
    row = project_row(slug=slug, key=key)
    return ProjectRef.from_row(row) if row else None


class project(ContextDecorator):
    """Enter a project: everything inside reads and writes its database (R3.02).

    `where` is a project's key or its `ProjectRef`. `direct=True` takes an own, unpooled connection for
    statements that cannot run in a transaction or under the pool (migrations, CREATE INDEX CONCURRENTLY,
    VACUUM). Raises `LookupError` for an unknown key. Leaving gives the connection back unless an outer
    block of the same project, or an open transaction, still uses it.
    """

    def __init__(self, where: "str | ProjectRef", *, direct: bool = False) -> None:
        self._where = where
        self._direct = direct
        self._tokens: list[Token[_Entered | None]] = []

    def _recreate_cm(self) -> "project":
        return project(self._where, direct=self._direct)

    def __enter__(self) -> ProjectRef:
        ref = self._where if isinstance(self._where, ProjectRef) else find_project(key=self._where)
        if ref is None:
            raise LookupError(f"There is no project with the key {self._where!r}.")
        prefix = DIRECT_ALIAS if self._direct else PROJECT_ALIAS
        self._tokens.append(_entered.set(_Entered(ref, prefix + ref.key)))
        return ref

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        left = _entered.get()
        _entered.reset(self._tokens.pop())
        if left is not None and left.alias != current_alias():
            connections.release(left.alias)  # type: ignore[attr-defined]  # opora.tenancy.registry
