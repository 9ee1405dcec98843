"""Why a backup is not written or restored."""


class BadBackup(ValueError):
    """The file is no backup, is damaged, or can't be restored here; the text says which."""


class TargetTaken(ValueError):
    """There is a project at the address and replacing it was not asked for."""
