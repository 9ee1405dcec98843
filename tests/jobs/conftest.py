"""Rings of an earlier test are written before the next one begins."""

import pytest

from opora.jobs import wire


@pytest.fixture(autouse=True)
def quiet_wire(installation: object) -> None:
    """The thread that writes rings lags a little behind the commits."""
    wire.flush()
