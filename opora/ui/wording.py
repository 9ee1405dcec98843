"""Templates are compiled once a language: fixed words and icons become part of the text, not calls at each drawing.

A page of the product says some two hundred fixed words; asked one by one they cost more than its rows.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext, override
from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from opora.ui.writing import Calls, Writer


class Fixed(NodeTransformer):
    """Replaces `_('…')`, and calls of `drawn` functions with fixed arguments, by what they give in one language."""

    def __init__(self, language: str, drawn: Mapping[str, Callable[..., Any]]) -> None:
        self._language = language
        self._drawn = drawn

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """A call as it stands in the template."""
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        given = [arg.value for arg in node.args if isinstance(arg, nodes.Const)]
        if len(given) != len(node.args) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        if name in ("_", "gettext") and len(given) == 1:
            return self._const(node, self._say(given[0]))
        return self._const(node, self._drawn[name](*given)) if name in self._drawn else node

    def _say(self, words: str) -> Markup:
        """The words as `gettext` of the templates gives them: doubled percent signs are single ones."""
        with override(self._language):
            return Markup(gettext(words)) % {}  # noqa: S704 - the catalogue's words, as the i18n extension marks them

    @staticmethod
    def _const(node: nodes.Node, value: Any) -> nodes.Const:
        return nodes.Const(value, lineno=node.lineno, environment=node.environment)


class SpokenEnvironment(Environment):
    """An environment whose templates speak one language. `drawn` are pure functions worked out while compiling."""

    code_generator_class = Writer
    context_class = Calls
    language = ""
    drawn: Mapping[str, Callable[..., Any]] = {}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return Fixed(self.language, self.drawn).visit(tree) if self.language else tree
