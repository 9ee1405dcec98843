"""The app of the help."""

from opora.kit.app import HouseApp


class HelpConfig(HouseApp):
    """See the package's first line."""

    name = "opora.help"
    label = "help"
    default = True
