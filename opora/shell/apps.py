"""The app of the frame."""

from opora.kit.app import HouseApp


class ShellConfig(HouseApp):
    """See the package's first line."""

    name = "opora.shell"
    label = "shell"
    default = True
