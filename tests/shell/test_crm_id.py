"""The CRM ID in the user menu names the firm, not the person."""

import re

import pytest

from opora.tenancy.context import ProjectRef
from tests.clients import ProjectClient
from tests.people import Cast


@pytest.mark.req("U01")
def test_all_users_of_a_firm_see_one_crm_id_with_a_copy_button(
    cast: Cast, client: ProjectClient, project: ProjectRef
) -> None:
    seen = set()
    for user in (cast.director, cast.manager, cast.stranger):
        client.sign_in(user)
        page = client.get("/").content.decode()
        seen.update(re.findall(r'data-copy="(\d+)"', page))
    assert seen == {str(project.id)}
