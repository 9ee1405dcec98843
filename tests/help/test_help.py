"""The help: every page in every language, every link of it, every word it names, its search, its examples (N29)."""

import html
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.utils import translation
from markdown_it.common.utils import escapeHtml

from opora.help import guides, rendering
from opora.people.models import User
from opora.people.tokens import issue
from opora.ui.navigation import guide_of
from tests.clients import ProjectClient
from tests.people import Cast

pytestmark = pytest.mark.req("N29")
LOCALE = Path(__file__).resolve().parents[2] / "locale"
EVERY = [(slug, language) for slug in guides.slugs() for language in guides.LANGUAGES]


def words_of(language: str) -> dict[str, str]:
    """The catalogue of a language: English text to words."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if not isinstance(one.id, tuple)}


@pytest.fixture(scope="module")
def catalogues() -> dict[str, dict[str, str]]:
    return {language: words_of(language) for language in ("ru", "uz")}


def speaking(client: ProjectClient, user: User, language: str) -> ProjectClient:
    User.objects.filter(pk=user.pk).update(language=language)
    return client.sign_in(user)


def test_no_page_lies_beside_the_index() -> None:
    for language in guides.LANGUAGES:
        assert {path.stem for path in (guides.FOLDER / language).iterdir()} == set(guides.slugs())


@pytest.mark.parametrize(("slug", "language"), EVERY)
def test_every_page_stands_in_every_language(
    client: ProjectClient, cast: Cast, slug: str, language: str
) -> None:
    reader = speaking(client, cast.manager, language)
    answer = reader.get(f"/help/{slug}/")
    assert answer.status_code == 200
    page = answer.content.decode()
    found = guides.guide(slug, language)
    assert found is not None
    assert f'<h1 class="trunc">{found.title}</h1>' in html.unescape(page)
    text = page[page.index("<article") : page.index("</article>")]
    assert "[[" not in text
    assert "{origin}" not in text
    assert "{slug}" not in text


@pytest.mark.parametrize("slug", guides.slugs())
def test_the_languages_tell_the_same(slug: str) -> None:
    shapes = set()
    for language in guides.LANGUAGES:
        found = guides.guide(slug, language)
        assert found is not None
        heads = len(re.findall(r"^##+ ", found.text, re.MULTILINE))
        links = sorted(set(rendering.links_of(found)))
        shapes.add(
            (heads, found.text.count("```"), tuple(links), tuple(sorted(guides.WORD.findall(found.text))))
        )
    assert len(shapes) == 1


@pytest.mark.parametrize(("slug", "language"), EVERY)
def test_every_named_word_is_the_word_of_the_product(
    catalogues: dict[str, dict[str, str]], slug: str, language: str
) -> None:
    found = guides.guide(slug, language)
    assert found is not None
    for word in guides.WORD.findall(found.text):
        for catalogue in catalogues.values():
            assert catalogue.get(word), f"{slug}: no such word: {word}"
        said = word if language == "en" else catalogues[language][word]
        body = str(rendering.html_of(found, "/projects/t1/", "https://crm.example"))
        assert f"<b>{escapeHtml(said)}</b>" in body


def test_every_link_of_every_page_answers(client: ProjectClient, cast: Cast) -> None:
    client.sign_in(cast.director)
    links: set[str] = set()
    for slug, language in EVERY:
        found = guides.guide(slug, language)
        assert found is not None
        body = rendering.html_of(found, client.project.address, "https://crm.example")
        links |= set(re.findall(r'href="([^"]+)"', body))
    assert len(links) > 20
    assert {link: client.get(link).status_code for link in sorted(links)} == dict.fromkeys(sorted(links), 200)


def test_a_link_out_of_the_project_and_foreign_markup_pass_nowhere() -> None:
    stray = guides.Guide("start", "en", "Stray", "[away](https://example.com)")
    with pytest.raises(ValueError, match="leads out"):
        rendering.html_of(stray, "/projects/t1/", "")
    marked = guides.Guide("start", "en", "Marked", "<script>alert(1)</script> {origin}")
    body = rendering.html_of(marked, "/projects/t1/", "https://a<b>")
    assert "<script" not in body
    assert "a<b>" not in body


def test_every_page_has_its_help_and_a_way_to_it(client: ProjectClient, cast: Cast) -> None:
    client.sign_in(cast.director)
    for path, slug in (
        ("/", "start"), ("/contacts/", "contacts"), ("/deals/", "deals"), ("/deals/list/", "deals"),
        ("/settings/", "settings"), ("/settings/log/", "log"), ("/settings/users/", "users"),
        ("/settings/roles/", "roles"), ("/settings/departments/", "departments"), ("/profile/keys/", "api"),
        ("/settings/security/", "addresses"), ("/settings/check/", "check"), ("/profile/entry/", "sign-in"),
    ):  # fmt: skip
        assert f'href="{client.project.address}help/{slug}/"' in client.get(path).content.decode(), path
    assert guide_of("nowhere/") == "start"


@pytest.mark.parametrize(
    ("language", "typed", "slug"),
    [("ru", "второй фактор", "sign-in"), ("en", "csv export", "log"), ("uz", "ikkinchi omil", "sign-in"), ("ru", "КУРЛ", "")],
)  # fmt: skip
def test_the_help_is_searched(
    client: ProjectClient, cast: Cast, language: str, typed: str, slug: str
) -> None:
    reader = speaking(client, cast.manager, language)
    page = reader.get("/help/", {"q": typed}, headers={"HX-Request": "true"}).content.decode()
    found = re.findall(r"/help/([\w-]+)/\"", page)
    assert (found[:1] == [slug]) if slug else (found == [])
    assert "<html" not in page
    assert reader.get("/help/", {"q": "<b>"}).status_code == 200


def test_the_words_of_the_product_are_found_too() -> None:
    with translation.override("ru"):
        assert [hit.guide.slug for hit in guides.find("готовые наборы", "ru")] == ["roles"]


class Names(HTMLParser):
    """The names of a form's fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        """Keep the name of a field."""
        if tag in ("input", "textarea"):
            self.found.append(dict(attrs)["name"])


@pytest.mark.req("N15")
@pytest.mark.parametrize("language", guides.LANGUAGES)
def test_the_form_of_the_help_is_taken_with_all_its_fields(
    client: ProjectClient, cast: Cast, no_counts: None, language: str
) -> None:
    found = guides.guide("leads", language)
    assert found is not None
    body = rendering.html_of(found, client.project.address, "https://crm.example")
    code = re.search(r'data-example="html">(.*?)</code>', body, re.DOTALL)
    assert code
    names = Names()
    names.feed(html.unescape(code[1]))
    values = {
        "name": "Анна Петрова",
        "phone": "+7 917 000-48-21",
        "email": "anna@example.com",
        "note": "Вопрос",
    }
    assert names.found == list(values)
    key = issue(cast.head, ["leads"], name="Сайт")[1]
    site = ProjectClient(client.project)
    answer = site.post("/api/v1/leads", values, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 201
    php = re.search(r'data-example="php">(.*?)</code>', body, re.DOTALL)
    assert php
    assert all(f"$_POST['{name}']" in html.unescape(php[1]) for name in ("name", "phone", "note"))
