"""The app of files."""

from opora.kit.app import HouseApp


class DocumentsConfig(HouseApp):
    """See the package's first line."""

    name = "opora.documents"
    label = "documents"
    default = True
