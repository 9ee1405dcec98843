"""The app of the structure."""

from opora.kit.app import HouseApp


class StructureConfig(HouseApp):
    """See the package's first line."""

    name = "opora.structure"
    label = "structure"
    default = True
