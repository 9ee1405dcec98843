"""The app of people."""

from opora.kit.app import HouseApp


class PeopleConfig(HouseApp):
    """Users, roles, sessions, tokens and the visibility compiler."""

    name = "opora.people"
    label = "people"
    default = True
