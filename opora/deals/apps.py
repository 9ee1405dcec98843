"""The app of deals."""

from opora.kit.app import HouseApp


class DealsConfig(HouseApp):
    """See the package's first line."""

    name = "opora.deals"
    label = "deals"
    default = True
