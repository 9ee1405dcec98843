"""Projects are made whole or not at all, and removed without a trace but their address (R3.09, R3.07)."""

import multiprocessing
import stat
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, connections
from django.utils import timezone

from opora.kit.errors import Invalid
from opora.tenancy import hooks, provisioning
from opora.tenancy.backends.postgresql.pools import close_pools
from opora.tenancy.backends.postgresql.snapshot import read_definition
from opora.tenancy.context import find_project, project
from opora.tenancy.models import Node, Project
from opora.tenancy.slugs import check_slug
from tests.addresses import SERVER, database_name


@pytest.fixture
def made(installation):
    """Makes projects that are gone afterwards."""
    slugs = []

    def make(slug, **options):
        slugs.append(slug)
        return provisioning.create_project(slug, slug.title(), **options)

    yield make
    connections.close_all()
    for slug in slugs:
        if find_project(slug=slug):
            provisioning.remove_project(slug)
        Project.objects.filter(slug=slug).delete()


def schema_of(ref):
    with project(ref), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return read_definition(cursor, f"p_{ref.key}")
        cursor.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2")
        return cursor.fetchall()


def test_a_clone_is_what_the_migrations_make(made):
    assert schema_of(made("green")) == schema_of(provisioning.template.TEMPLATE)


def test_a_key_says_nothing_of_the_customer(made):
    ref = made("green")
    assert "green" not in ref.key
    assert len(ref.key) == 12
    assert ref.key != made("blue").key


@pytest.mark.req("R3.07")
def test_files_are_readable_by_the_product_alone(made):
    ref = made("green")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [ref.data_dir, *ref.data_dir.iterdir()]}
    assert modes.pop(ref.key) == 0o700
    assert modes.pop("files") == 0o700
    assert set(modes.values()) <= {0o600}


@pytest.mark.req("R3.09")
@pytest.mark.parametrize(
    "slug", ["", "a", "x" * 41, "Зелень", "Green", "a_b", "-a", "a-", "a b", "../x", "api", "projects"]
)
def test_addresses_have_a_form_and_some_words_are_reserved(slug):
    with pytest.raises(Invalid):
        check_slug(slug)


@pytest.mark.req("R3.09")
def test_an_address_stays_taken_for_ninety_days(made):
    ref = made("green")
    with pytest.raises(Invalid):
        made("green")
    provisioning.remove_project("green")
    assert find_project(slug="green") is None
    assert not ref.data_dir.exists()
    with pytest.raises(Invalid):
        made("green")
    Project.objects.filter(slug="green").update(removed_at=timezone.now() - timedelta(days=91))
    assert made("green").key != ref.key


@pytest.mark.req("R3.07")
def test_what_fails_while_a_project_is_made_leaves_nothing(made, monkeypatch):
    def fail(ref):
        raise RuntimeError("no")

    monkeypatch.setattr(hooks.after_create, "_hooks", [fail])
    with pytest.raises(RuntimeError):
        made("green", key="leftover")
    monkeypatch.undo()
    assert not Project.objects.filter(slug="green").exists()
    assert made("green", key="leftover").key == "leftover"


@pytest.mark.req("R13.09")
def test_what_a_killed_process_left_does_not_block_the_address(made):
    provisioning.reserve("green", "Green", "halfdone", provisioning.MAIN_NODE)
    assert [row for row in provisioning.list_projects() if row.slug == "green"] == []
    assert made("green").slug == "green"
    assert not Project.objects.filter(key="halfdone").exists()


def test_preparing_again_changes_nothing(made):
    before = Project.objects.count()
    provisioning.prepare()
    provisioning.prepare()
    assert Project.objects.count() == before


def test_removing_a_project_that_is_not_there_says_so(installation):
    with pytest.raises(LookupError, match="nowhere"):
        provisioning.remove_project("nowhere")


def test_a_project_can_lie_on_another_node(made, on_postgresql):
    second = f"{database_name()}_second"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {second}")
    try:
        provisioning.add_node("second", SERVER.rpartition("/")[0] + f"/{second}")
        ref, near = made("green", node="second"), made("blue")
        ask = "SELECT current_database()::text, current_user::text"
        with project(ref), connection.cursor() as cursor:
            cursor.execute(ask)
            assert cursor.fetchone() == (second, f"{second}_{ref.key}")
        with project(near), connection.cursor() as cursor:
            cursor.execute(ask)
            assert cursor.fetchone()[0] == database_name()
        provisioning.remove_project("green")
    finally:
        Project.objects.filter(slug="green").delete()
        Node.objects.filter(name="second").delete()
        close_pools()
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE {second} WITH (FORCE)")


@pytest.mark.usefixtures("project")
def test_a_forked_child_opens_its_own_connections():
    """The parent's connection still works after a child has used the same project and ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    child = multiprocessing.get_context("fork").Process(target=count_migrations)
    child.start()
    child.join(30)
    assert child.exitcode == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT 2")
        assert cursor.fetchone() == (2,)


def count_migrations():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone()[0] > 0
