"""The demo project: a believable firm, made through actions, never in a project of a customer."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db.models import Q

from opora.contacts.models import Contact
from opora.deals.models import Deal
from opora.demo import making
from opora.demo.filling import Size, fill
from opora.jobs.models import Job
from opora.kit.dates import now
from opora.kit.errors import Forbidden
from opora.people.access import Access
from opora.people.models import User
from opora.people.passwords import matches
from opora.planner.models import Task
from opora.records import definitions, indexes, sight, totals
from opora.records.kinds import kinds
from opora.records.models import OwnField
from opora.records.search import search
from opora.tenancy import provisioning
from opora.tenancy.context import ProjectRef, find_project
from opora.tenancy.context import project as entered
from opora.timeline.models import Event

pytestmark = pytest.mark.req("N03")
SMALL = Size(companies=24, colleagues=8, people=6, sales=22, repairs=4)


@pytest.fixture(scope="module")
def demo(installation: object) -> Iterator[ProjectRef]:
    yield making.make("small-demo", size=SMALL)
    provisioning.remove_project("small-demo")


@pytest.fixture
def inside(demo: ProjectRef) -> Iterator[ProjectRef]:
    with entered(demo):
        yield demo


def person(login: str) -> User:
    return User.objects.select_related("role", "department").get(login=login)


def test_the_firm_has_twelve_people_and_both_logins_open_it(inside: ProjectRef) -> None:
    assert User.objects.count() == 12
    assert matches(person("demo"), "demo")
    assert matches(person("demosuper"), "demosuper")
    assert person("demosuper").is_director


def test_it_has_exactly_as_much_as_it_was_asked_for(inside: ProjectRef) -> None:
    assert Contact.objects.count() == SMALL.companies + SMALL.colleagues + SMALL.people + 6
    assert Deal.objects.count() == SMALL.sales + SMALL.repairs


def test_the_usual_size_is_what_the_issue_promises() -> None:
    usual = Size()
    assert usual.companies + usual.colleagues + usual.people + 6 == 1200
    assert usual.sales + usual.repairs == 300


def test_everything_was_made_by_actions_over_a_year(inside: ProjectRef) -> None:
    made = Event.objects.filter(name="contact.created")
    assert set(made.values_list("subject_id", flat=True)) == set(Contact.objects.values_list("id", flat=True))
    first = Event.objects.exclude(subject_kind="user").earliest("at")
    assert first.at < now() - timedelta(days=300)
    assert not Event.objects.filter(at__gt=now()).exists()
    assert Event.objects.filter(name="deal.moved", at__gt=now() - timedelta(days=1)).exists()


def test_demo_has_something_to_do_and_may_take_new_leads(inside: ProjectRef) -> None:
    access = Access.of(person("demo"))
    todo = Task.objects.filter(responsible_id=access.user_id, done_at=None)
    assert todo.filter(due_at__lt=now()).count() >= 3
    leads = sight.visible(access, kinds["contact"]).filter(responsible=None)
    assert leads.count() == 6
    assert sight.visible(access, kinds["contact"], "take").count() == 6


def test_words_that_customers_give_stand_in_three_languages(inside: ProjectRef) -> None:
    stages = definitions.current().stages.values()
    assert {stage.group for stage in stages} == {"new", "work", "won", "lost"}
    assert all({"ru", "en", "uz"} <= set(stage.names) for stage in stages)
    assert all(
        {"ru", "en", "uz"} <= set(labels) for labels in OwnField.objects.values_list("labels", flat=True)
    )
    types = set(OwnField.objects.values_list("type", flat=True))
    assert {"text", "number", "date", "checkbox", "selector"} <= types


def test_sums_search_and_indexes_are_true(inside: ProjectRef) -> None:
    access = Access.of(person("demosuper"))
    deal = kinds["deal"]
    stages = [s.id for p in definitions.current().processes_of("deal") for s in p.stages]
    kept = totals.of_stages(access, deal, stages)
    for stage_id, currency, number, amount in totals.summed(Deal.objects.all()):
        assert kept[stage_id].amounts[currency] == amount, number
    client = Contact.objects.exclude(company_name="").latest("id")
    assert client.id in {hit.record.id for hit in search(access, client.title, limit=50)}
    assert indexes.reconcile() == (set(), set())


def test_nobody_real_can_be_called_or_written_to(inside: ProjectRef) -> None:
    numbers = [
        item["value"] for phones in Contact.objects.values_list("phones", flat=True) for item in phones
    ]
    assert numbers
    assert all(number[-7:-4] == "000" for number in numbers)
    mails = [item["value"] for emails in Contact.objects.values_list("emails", flat=True) for item in emails]
    assert all(mail.endswith(".example") for mail in mails)


def test_the_past_sets_nothing_in_motion(inside: ProjectRef) -> None:
    assert not Job.objects.exists()


def test_nothing_is_left_unnamed(inside: ProjectRef) -> None:
    assert not Contact.objects.filter(Q(title="") | Q(stage=None)).exists()
    assert not Deal.objects.filter(Q(title="") | Q(stage=None) | Q(contact=None)).exists()


@pytest.mark.req("R9.01")
def test_a_project_of_a_customer_is_never_filled_nor_replaced(project: ProjectRef) -> None:
    with pytest.raises(Forbidden):
        fill(project)
    with pytest.raises(Forbidden):
        making.make_if_missing(project.slug)
    with pytest.raises(Forbidden):
        making.make_anew(project.slug)
    assert find_project(slug=project.slug) == project
    assert find_project(slug=f"{project.slug}-draft") is None


def test_reset_replaces_it_at_once_and_a_second_call_makes_nothing(demo: ProjectRef) -> None:
    tiny = Size(companies=3, colleagues=1, people=2, sales=3, repairs=1)
    first = making.make("tiny-demo", size=tiny)
    assert making.make_if_missing("tiny-demo").key == first.key
    second = making.make("tiny-demo", size=tiny)
    assert second.key != first.key
    assert find_project(key=first.key) is None
    assert not first.data_dir.exists()
    provisioning.remove_project("tiny-demo")


def test_a_failed_filling_leaves_what_was_there(demo: ProjectRef, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(making, "fill", fails)
    with pytest.raises(RuntimeError):
        making.make("small-demo", size=SMALL)
    assert find_project(slug="small-demo") == demo
    assert find_project(slug="small-demo-draft") is None
