"""The app of records."""

from opora.kit.app import HouseApp


class RecordsConfig(HouseApp):
    """See the package's first line."""

    name = "opora.records"
    label = "records"
    default = True
