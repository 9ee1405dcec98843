"""How compiled templates write values and call functions: as Jinja2 does, without what our pages never need.

A page writes some two thousand values and calls some seven hundred functions. At each of them Jinja2 wraps text that
only gets joined, and asks three times whether a function wants the context; the answers here are the same.
"""

from functools import lru_cache
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape
from markupsafe import _escape_inner as _escaped  # type: ignore[attr-defined]  # text to text, ten times as fast

_PLAIN = frozenset({FunctionType, MethodType, BuiltinFunctionType, type(lru_cache(lambda: None))})


def written(value: Any) -> str:
    """A value as it stands in the page: escaped, unless it is markup already. What is written is only joined."""
    kind = type(value)
    if kind is str:
        return _escaped(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    return str(value) if kind is int else escape(value)


class Calls(Context):
    """The names a template knows, and how it calls them."""

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a function of the page; plain ones and macros at once, all others as Jinja2 does."""
        kind = type(called)
        if kind is Macro:
            args = (self.eval_ctx, *args)
        elif kind not in _PLAIN or hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


class Writer(CodeGenerator):
    """Makes the Python of a template write its values by `written`."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """The whole template, which knows `written`."""
        self.writeline("from opora.ui.writing import written")
        super().visit_Template(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("written(")
