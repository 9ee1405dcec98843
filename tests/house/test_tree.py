"""What stands in the tree: the house rules are kept, and what the README says to type exists."""

import re
import subprocess
from pathlib import Path

import pytest

from tools import checks
from tools.house import lines, modules, words
from tools.house.tree import own_files, text_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.req("R2.01", "R3.02", "R5.08", "R7.01", "R7.02", "R15.14")
def test_the_house_rules_are_kept():
    assert checks.faults() == []


def _rule(name: str) -> lines.LineRule:
    return next(rule for rule in lines.RULES if rule.name == name)


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("raw-html", "{{ note|safe }}"),
        ("raw-html", "mark_safe(note)"),
        ("inline-code", '<p class="a" style="color: red">'),
        ("inline-code", '<a onclick="go()">'),
        ("inline-code", "<script>go()</script>"),
        ("other-database", "with transaction.atomic(using=alias):"),
        ("bare-objects", "Contact.objects.get(pk=1)"),
        ("all-fields", "fields = '__all__'"),
        ("machine-path", "DATA = '/ho" + "me/ann/data'"),
        ("package-host", "index = https://py" + "pi.org/simple"),
        ("secret", "token = '" + "a1b2c3d4" * 4 + "'"),
    ],
)
def test_a_rule_sees_what_it_forbids(rule, line):
    assert _rule(rule).pattern.search(line)


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("inline-code", '<script type="module" src="{{ static(\'ui/app.js\') }}"></script>'),
        ("inline-code", '<script nonce="{{ nonce }}">'),
        ("inline-code", '<p data-on="3" class="style">'),
        ("other-database", "focus_on(housing=True)"),
        ("secret", "token = settings.LEAD_TOKEN_NAME"),
    ],
)
def test_a_rule_leaves_the_rest_alone(rule, line):
    assert not _rule(rule).pattern.search(line)


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("Markup(note)", True),
        ('Markup(f"<b>{note}</b>")', True),
        ('markupsafe.Markup("<b>" + note)', True),
        ('Markup("<b>{}</b>").format(note)', False),
        ("Markup()", False),
    ],
)
def test_only_words_of_the_code_are_called_safe(code, raw, monkeypatch):
    monkeypatch.setattr(modules, "product_modules", lambda: ["x.py"])
    monkeypatch.setattr(modules, "text_of", lambda path: code)
    assert bool(list(modules.raw_markup())) is raw


@pytest.mark.parametrize(
    ("template", "bare"),
    [
        ("<p>Save</p>", True),
        ("<p>{{ _('Save') }}</p>", False),
        ("<p>{% trans %}Save{% endtrans %}</p>", False),
        ('<input placeholder="Name">', True),
        ('<a class="button {{ kind }}" href="/x">{{ word }}</a>', False),
        ("{# Words for the reader #}<b>&nbsp;{{ n }}</b>", False),
    ],
)
def test_a_bare_word_in_a_template_is_seen(template, bare, monkeypatch):
    monkeypatch.setattr(words, "templates", lambda: ["x.html"])
    monkeypatch.setattr(words, "text_of", lambda path: template)
    assert bool(list(words.untranslated())) is bare


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.M))


def test_the_documents_name_only_commands_that_exist():
    unknown = [
        (path, target)
        for path in own_files(suffixes=(".md",))
        for target in re.findall(r"`make ([a-z-]+)", text_of(path))
        if target not in _targets()
    ]
    assert unknown == []


def test_make_alone_lists_every_command():
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {target for target in _targets() if f"make {target} " not in listed} == set()


def test_shell_scripts_may_be_run():
    scripts = [*(ROOT / "bin").iterdir(), ROOT / ".ci/run"]
    assert [script.name for script in scripts if not script.stat().st_mode & 0o100] == []


def test_every_browser_test_says_that_it_is_one():
    silent = [
        path for path in own_files("tests/e2e/test_", suffixes=(".py",)) if "mark.e2e" not in text_of(path)
    ]
    assert silent == []
