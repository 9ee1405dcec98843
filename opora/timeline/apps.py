"""The app of timeline."""

from opora.kit.app import HouseApp


class TimelineConfig(HouseApp):
    """See the package's first line."""

    name = "opora.timeline"
    label = "timeline"
    default = True
