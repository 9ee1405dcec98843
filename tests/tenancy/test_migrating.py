"""Every project follows the code's schema, whatever happens on the way (R13.07)."""

import signal

import pytest

pytestmark = [pytest.mark.req("R13.07"), pytest.mark.timeout(600)]

TREES = "SELECT name, height FROM growing_tree ORDER BY name"
DOUBLE = "INSERT INTO growing_tree (name) VALUES ('twin'), ('twin')"


def planted(slug):
    return [f"INSERT INTO growing_tree (name) VALUES ('old of {slug}')"]


def grown(slug):
    return [["by code", 7], [f"old of {slug}", 7]]


@pytest.mark.long
def test_projects_follow_the_code_and_a_failing_one_waits(machine):
    machine.inside({"oak": planted("oak"), "elm": planted("elm"), "fir": [DOUBLE]})
    machine.grown = "second"
    assert "growing.0002_height" in machine.opora("migrate", "--check", fails=True)

    processes = [machine.start("migrate") for _n in range(2)]
    printed = ["".join(process.communicate(timeout=300)) for process in processes]

    assert sum(text.count("\tmigrated") for text in printed) == 2, printed
    assert all("fir\tfailed" in text for text in printed)
    assert all(process.returncode == 1 for process in processes)
    found = machine.inside({"oak": [TREES], "elm": [TREES], "fir": ["SELECT name FROM growing_tree"]})
    assert (found["oak"], found["elm"]) == (grown("oak"), grown("elm"))
    assert found["fir"].count(["twin"]) == 2
    assert len(list((machine.data / "backups" / "oak").glob("*.opora"))) == 1

    assert machine.inside({"fir": ["DELETE FROM growing_tree WHERE name = 'twin'"]})
    assert "fir\tmaintenance" in machine.opora("project", "list")
    assert "fir\tmigrated" in machine.opora("migrate")
    assert "maintenance" not in machine.opora("project", "list")


@pytest.mark.long
def test_killed_in_the_middle_it_goes_on(machine):
    slugs = ["ash", "elm", "fir", "oak"]
    machine.inside({slug: planted(slug) for slug in slugs})
    machine.grown = "second"
    process = machine.start("migrate", "--without-backup")
    assert "ash\tmigrated" in process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    machine.opora("migrate", "--without-backup")
    assert machine.inside({slug: [TREES] for slug in slugs}) == {slug: grown(slug) for slug in slugs}
