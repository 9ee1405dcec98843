"""A request belongs to the project of its address (R3.01, R3.02)."""

import json
import random
import sys
import threading
import types

import pytest
from django.db import connection, connections, transaction
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import Client, override_settings
from django.urls import path, reverse

from opora.tenancy.context import current_project
from opora.tenancy.directory import forget
from opora.tenancy.models import Project
from tests.tenancy.shelves import Book

pytestmark = pytest.mark.req("R3.01")


def show(request):
    return JsonResponse(
        {
            "project": request.project.slug,
            "alias": connection.alias,
            "inner": request.path_info,
            "full": request.path,
            "link": reverse("show"),
        }
    )


def book(request):
    if request.method == "POST":
        with transaction.atomic():
            Book.objects.filter(title=f"0-{request.project.key}").update(copies=1)
    if "fail" in request.GET:
        raise RuntimeError("no")
    return HttpResponse(Book.objects.earliest("id").title)


def stream(request):
    return StreamingHttpResponse(f"{row.title}\n" for row in Book.objects.order_by("id"))


def outside(request):
    return HttpResponse(str(current_project()))


INNER = types.ModuleType("tests_inner_urls")
INNER.urlpatterns = [path("show/", show, name="show"), path("book/", book), path("stream/", stream)]
SITE = types.ModuleType("tests_site_urls")
SITE.urlpatterns = [path("about/", outside)]
sys.modules.update({"tests_inner_urls": INNER, "tests_site_urls": SITE})


@pytest.fixture(autouse=True)
def bare_site():
    """Only the project's middleware: what others add is tested where it is made."""
    with override_settings(
        ROOT_URLCONF="tests_inner_urls",
        SITE_URLCONF="tests_site_urls",
        MIDDLEWARE=["opora.tenancy.middleware.ProjectMiddleware"],
    ):
        yield


def test_inner_addresses_know_nothing_of_the_prefix(one):
    seen = json.loads(Client().get("/projects/t1/show/").content)
    assert seen == {
        "project": "t1",
        "alias": "p:t1",
        "inner": "/show/",
        "full": "/projects/t1/show/",
        "link": "/projects/t1/show/",
    }


def test_the_address_without_a_slash_leads_to_the_one_with_it(one):
    answer = Client().get("/projects/t1")
    assert (answer.status_code, answer["Location"]) == (302, "/projects/t1/")


@pytest.mark.parametrize("slug", ["nowhere", "T1", "t1%00", "..", "p:t1"])
def test_an_unknown_project_is_not_found(one, slug):
    assert Client().get(f"/projects/{slug}/show/").status_code == 404


def test_a_project_in_maintenance_says_so(one):
    Project.objects.filter(key="t1").update(status="maintenance")
    forget()
    try:
        assert Client().get("/projects/t1/show/").status_code == 503
    finally:
        Project.objects.filter(key="t1").update(status="active")
        forget()


def test_other_addresses_are_in_no_project(installation):
    assert Client().get("/about/").content == b"None"


def test_a_streamed_answer_stays_in_its_project(one, two):
    answer = Client().get("/projects/t2/stream/")
    assert b"".join(answer.streaming_content).decode().splitlines()[:2] == ["0-t2", "1-t2"]


@pytest.mark.req("R3.02")
def test_a_thousand_interleaved_requests_never_cross(one, two):
    wrong = []

    def work(seed):
        dice, client = random.Random(seed), Client(raise_request_exception=False)
        for _turn in range(125):
            key = dice.choice(["t1", "t2"])
            query = "?fail=1" if dice.random() < 0.1 else ""
            answer = dice.choice([client.get, client.post])(f"/projects/{key}/book/{query}")
            expected = (500, None) if query else (200, f"0-{key}")
            if (answer.status_code, None if query else answer.content.decode()) != expected:
                wrong.append((key, answer.status_code, answer.content[:80]))
        connections.close_all()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert current_project().slug == "t1"
