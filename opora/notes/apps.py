"""The app of notes."""

from opora.kit.app import HouseApp


class NotesConfig(HouseApp):
    """See the package's first line."""

    name = "opora.notes"
    label = "notes"
    default = True
