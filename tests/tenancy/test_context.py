"""A project is entered, left and never mixed up with another one."""

import pytest
from django.db import connection, connections, transaction

from opora.tenancy.context import OutsideProject, current_project, project, require_project


@pytest.mark.req("R3.02")
def test_default_is_the_project_that_is_entered(project, other_project):
    assert connection.alias == "p:t1"
    with enter("t2"):
        assert connection.alias == "p:t2"
        assert current_project().slug == "t2"
    assert connection.alias == "p:t1"


def enter(key):
    return project(key)


@pytest.mark.req("R3.02")
def test_outside_a_project_the_database_can_be_named_but_not_reached(installation):
    assert connections["default"].vendor in ("sqlite", "postgresql")
    with pytest.raises(OutsideProject):
        connection.cursor()
    with pytest.raises(OutsideProject), transaction.atomic():
        pass
    with pytest.raises(OutsideProject):
        require_project()
