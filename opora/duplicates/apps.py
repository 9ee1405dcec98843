"""The app of duplicates."""

from opora.kit.app import HouseApp


class DuplicatesConfig(HouseApp):
    """See the package's first line."""

    name = "opora.duplicates"
    label = "duplicates"
    default = True
