"""The app of leads."""

from opora.kit.app import HouseApp


class LeadFormsConfig(HouseApp):
    """See the package's first line."""

    name = "opora.leadforms"
    label = "leadforms"
    default = True
