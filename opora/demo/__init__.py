"""The demo project: a believable firm that sells kitchens, with a year behind it (N03)."""
