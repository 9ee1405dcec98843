"""The mark of models that live in the directory database, not in a project's."""


class DirectoryRow:
    """Mixin of directory models: `class Bell(DirectoryRow, models.Model)`.

    A plain class, because migrations keep plain bases: the historical models are recognised too.
    """

    directory = True
