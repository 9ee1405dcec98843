"""Names of databases inside Django: the directory, and a project's two aliases."""

DIRECTORY = "directory"
PROJECT_ALIAS = "p:"
DIRECT_ALIAS = "direct:"


def is_project_alias(alias: str) -> bool:
    """Whether an alias names a project's database."""
    return alias.startswith((PROJECT_ALIAS, DIRECT_ALIAS))


def key_of(alias: str | None) -> str | None:
    """The project's key inside an alias; None for other databases."""
    return alias.partition(":")[2] if alias and is_project_alias(alias) else None
