"""The product's settings with an app whose schema grows, for tests that upgrade a data folder."""

import os

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.tenancy.growing"]
MIGRATION_MODULES = {"growing": f"tests.tenancy.growing.{os.environ['OPORA_TEST_GROWN']}"}
