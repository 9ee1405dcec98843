"""The app of planner."""

from opora.kit.app import HouseApp


class PlannerConfig(HouseApp):
    """See the package's first line."""

    name = "opora.planner"
    label = "planner"
    default = True
