"""The app of contacts."""

from opora.kit.app import HouseApp


class ContactsConfig(HouseApp):
    """See the package's first line."""

    name = "opora.contacts"
    label = "contacts"
    default = True
