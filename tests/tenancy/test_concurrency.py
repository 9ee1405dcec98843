"""Threads, tasks and broken connections: nothing crosses from project to project (R3.02)."""

import asyncio
import contextlib
import random
import threading
import time

import psycopg
import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import DatabaseError, close_old_connections, connection, connections, transaction

from opora.tenancy.context import project
from tests.addresses import direct_address
from tests.tenancy.shelves import Book

pytestmark = pytest.mark.req("R3.02")


def in_threads(count, work):
    """Run `work(n)` in so many threads; what they raised."""
    failed = []

    def run(n):
        try:
            work(n)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_threads_see_only_the_project_they_entered(many):
    def work(n):
        dice = random.Random(n)
        for _turn in range(120):
            ref = dice.choice(many)
            with contextlib.suppress(KeyError), project(ref):
                if dice.random() < 0.5:
                    with transaction.atomic():
                        title = dice.choice(Book.objects.all()[:5]).title
                        if dice.random() < 0.3:
                            raise KeyError
                else:
                    title = Book.objects.order_by("-id")[dice.randrange(20)].title
                assert title.endswith(f"-{ref.key}")
            close_old_connections()

    assert in_threads(12, work) == []


@pytest.mark.parametrize("own_thread", [True, False])
def test_async_tasks_see_only_the_project_they_entered(many, own_thread):
    wrong = []

    def read():
        return Book.objects.earliest("id").title

    async def task(n):
        ref = many[n % len(many)]
        async with ThreadSensitiveContext() if own_thread else contextlib.nullcontext():
            with project(ref):
                for _turn in range(5):
                    await asyncio.sleep(random.random() * 0.01)
                    title = await sync_to_async(read)()
                    wrong.extend([title] if title != f"0-{ref.key}" else [])
            await sync_to_async(connections.close_all)()

    async def run():
        await asyncio.gather(*[task(n) for n in range(60)])
        await sync_to_async(connections.close_all)()

    asyncio.run(run())
    assert wrong == []


def test_one_thread_walks_through_more_projects_than_the_pool_has_connections(many):
    for _turn in range(3):
        for ref in many:
            with project(ref):
                assert Book.objects.count() == 30
    for ref in many:
        assert connections[f"p:{ref.key}"].in_atomic_block is False


def test_many_projects_without_leaving_the_block_do_not_exhaust_the_pool(many):
    with contextlib.ExitStack() as blocks:
        for ref in many:
            blocks.enter_context(project(ref))
            assert Book.objects.earliest("id").title == f"0-{ref.key}"


def test_a_killed_backend_costs_one_error_and_no_more(one, on_postgresql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with psycopg.connect(direct_address(), autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(%s)", [pid])
    time.sleep(0.2)
    with contextlib.suppress(DatabaseError):
        Book.objects.first()
    close_old_connections()
    assert Book.objects.earliest("id").title == "0-t1"
