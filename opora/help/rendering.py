"""Markdown of a help page to HTML, on the server: no foreign markup passes, links lead only inside the project."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import override as speaking
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup, escape

from opora.help.guides import WORD, Guide

SCHEMES = ("help:", "app:")


@lru_cache(maxsize=500)
def html_of(guide: Guide, home: str, origin: str) -> Markup:
    """The page as HTML for a project at `home` (its address, with both slashes) on the server `origin`.

    Raises `ValueError` for a link of another kind than `help:`, `app:` and `#`.
    """
    places = {"{origin}": origin, "{home}": home, "{slug}": home.strip("/").rpartition("/")[2]}
    text = guide.text
    for mark, value in places.items():
        text = text.replace(mark, value)
    with speaking(guide.language):
        tokens = _reader().parse(text)
        for token in tokens:
            for child in token.children or ():
                _lead(child, home)
        return Markup(_reader().renderer.render(tokens, _reader().options, {}))  # noqa: S704 - html is switched off


def links_of(guide: Guide) -> list[str]:
    """Where the links of a page lead, as they are written."""
    children = [child for token in _reader().parse(guide.text) for child in token.children or ()]
    return [str(child.attrs["href"]) for child in children if child.type == "link_open"]


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.inline.ruler.before("link", "word", _word)
    reader.add_render_rule("fence", _fence)
    reader.add_render_rule("table_open", lambda *_: '<div class="help__table" tabindex="0"><table>\n')
    reader.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return reader


def _word(state: StateInline, silent: bool) -> bool:
    """`[[Word]]`: a word of the product, in bold, as the reader's language has it."""
    found = WORD.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        for kind, tag, nesting in (("strong_open", "b", 1), ("text", "", 0), ("strong_close", "b", -1)):
            token = state.push(kind, tag, nesting)  # type: ignore[arg-type]
            token.content = gettext(found[1]) if kind == "text" else ""
    state.pos = found.end()
    return True


def _fence(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Mapping[str, Any]
) -> str:
    """Code. The second word after the fence names an example that tests run as it stands."""
    example = next(iter(tokens[at].info.split()[1:]), "")
    named = f' data-example="{escape(example)}"' if example else ""
    return f'<pre class="code" tabindex="0"><code{named}>{escape(tokens[at].content.rstrip())}</code></pre>\n'


def _lead(token: Token, home: str) -> None:
    if token.type != "link_open":
        return
    scheme, _colon, rest = str(token.attrs["href"]).partition(":")
    if f"{scheme}:" not in SCHEMES:
        raise ValueError(f"a link of the help leads out of the project: {token.attrs['href']}")
    token.attrs["href"] = f"{home}help/{rest}/" if scheme == "help" else f"{home}{rest}"
