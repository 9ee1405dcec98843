"""Small wrong changes to a module's source, one at a time: what a slip of the hand or of the head would write.

Left alone are imports, annotations, docstrings, decorators, names of enumerations and words for people (the arguments
of gettext): they are proved by the type checker, the floors and the check of translations.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OTHER: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.Mult: ast.FloorDiv,
}
WORDS = frozenset({"_", "gettext", "gettext_lazy", "ngettext"})
Put = Callable[[Any], None]
Change = tuple[ast.AST, str]


@dataclass(frozen=True)
class Mutant:
    """One changed module. `place` is the dotted name of the function, class or module variable that was changed."""

    name: str
    module: str
    place: str
    lines: range
    code: CodeType
    in_body: bool


@dataclass(frozen=True)
class _Spot:
    """A node that may be changed: how to put another in its place, and the statement it belongs to."""

    node: ast.AST
    put: Put
    place: str
    statement: ast.AST
    in_body: bool


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its text; names are unique and don't depend on line numbers."""
    tree = ast.parse(source)
    met: dict[str, int] = {}
    for spot in list(_spots(tree)):
        for changed, words in _changes(spot.node):
            name = f"{module.rpartition('.')[2]}.{spot.place}: {words}"
            met[name] = met.get(name, 0) + 1
            spot.put(ast.copy_location(changed, spot.node))
            code = compile(ast.fix_missing_locations(tree), f"<mutant of {module}>", "exec")
            spot.put(spot.node)
            first, last = spot.statement.lineno, spot.statement.end_lineno  # type: ignore[attr-defined]  # of stmt
            numbered = name if met[name] == 1 else f"{name} #{met[name]}"
            yield Mutant(numbered, module, spot.place, range(first, last + 1), code, spot.in_body)


def _spots(tree: ast.Module) -> Iterator[_Spot]:
    for put, statement in _items(tree, "body"):
        match statement:
            case ast.FunctionDef():
                yield from _function(statement, statement.name)
            case ast.ClassDef():
                yield from _class(statement)
            case ast.Assign(value=ast.Subscript()):
                continue  # the name of a type
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield from _inside(statement, put, name, statement, in_body=False, whole=False)


def _class(node: ast.ClassDef) -> Iterator[_Spot]:
    for put, statement in _items(node, "body"):
        match statement:
            case ast.FunctionDef():
                yield from _function(statement, f"{node.name}.{statement.name}")
            case ast.AnnAssign(value=ast.expr()):
                yield from _inside(statement, put, node.name, statement, in_body=False, whole=False)


def _function(node: ast.FunctionDef, place: str) -> Iterator[_Spot]:
    for field in ("defaults", "kw_defaults"):
        for put, default in _items(node.args, field):
            yield from _inside(default, put, place, default, in_body=False)
    for put, statement in _items(node, "body"):
        yield from _inside(statement, put, place, statement, in_body=True)


def _inside(
    node: ast.AST, put: Put, place: str, statement: ast.AST, *, in_body: bool, whole: bool = True
) -> Iterator[_Spot]:
    """The node and all below it, each with the innermost simple statement it stands in."""
    if whole:
        yield _Spot(node, put, place, statement, in_body)
    for field in node._fields:
        if field in ("annotation", "returns", "decorator_list", "ctx", "type_ignores", "func_type"):
            continue
        if isinstance(node, ast.Call) and _name(node.func) in WORDS and field == "args":
            continue
        value = getattr(node, field, None)
        children = _items(node, field) if isinstance(value, list) else [(_setter(node, field), value)]
        for put_child, child in children:
            if isinstance(child, ast.AST):
                inner = child if isinstance(child, ast.stmt) else statement
                yield from _inside(child, put_child, place, inner, in_body=in_body)


def _changes(node: ast.AST) -> Iterator[Change]:
    said = _said(node)
    for changed in _changed(node):
        yield changed, f"{said} -> {_said(changed)}"


def _changed(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[op]):
            yield ast.Compare(node.left, [OPPOSITE[type(op)]()], node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
            for rest in _without_one(node.values):
                yield ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(op=ast.Not() | ast.Invert() | ast.USub()):
            yield node.operand
        case ast.BinOp() if type(node.op) in OTHER:
            yield ast.BinOp(node.left, OTHER[type(node.op)](), node.right)
            yield node.left
            yield node.right
        case ast.IfExp():
            yield node.body
            yield node.orelse
        case ast.Constant():
            yield from _constants(node.value)
        case ast.Call():
            if node.args:
                yield ast.Call(node.func, node.args[:-1], node.keywords)
            for keywords in _without_one(node.keywords):
                yield ast.Call(node.func, node.args, keywords)
        case ast.Set() | ast.List() | ast.Tuple() if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            for elements in _without_one(node.elts):
                yield _like(node, elements)
        case ast.Dict():
            for number in range(len(node.keys)):
                keys, values = node.keys[:number] + node.keys[number + 1 :], list(node.values)
                del values[number]
                yield ast.Dict(keys, values)
        case ast.comprehension():
            for conditions in _without_one(node.ifs):
                yield ast.comprehension(node.target, node.iter, conditions, node.is_async)
        case ast.match_case(guard=ast.expr()):
            yield ast.match_case(node.pattern, None, node.body)
        case ast.If() | ast.While():
            if not isinstance(node.test, ast.Compare | ast.UnaryOp):
                yield type(node)(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
            yield ast.Pass()
        case ast.For() | ast.With() | ast.Assign() | ast.AugAssign() | ast.Raise() | ast.Continue():
            yield ast.Pass()
        case ast.Match():
            for cases in _without_one(node.cases):
                yield ast.Match(node.subject, cases) if cases else ast.Pass()
        case ast.Return(value=ast.expr() as value):
            if not (isinstance(value, ast.Constant) and value.value is None):
                yield ast.Return(ast.Constant(None))
        case ast.Expr() if not _is_docstring(node):
            yield ast.Pass()


def _like(node: ast.Set | ast.List | ast.Tuple, elements: list[ast.expr]) -> ast.expr:
    if isinstance(node, ast.Set):
        return ast.Set(elements) if elements else ast.Call(ast.Name("set", ast.Load()), [], [])
    return type(node)(elements, ast.Load())


def _constants(value: Any) -> Iterator[ast.AST]:
    match value:
        case bool():
            yield ast.Constant(not value)
        case int():
            yield ast.Constant(value + 1)
        case str():
            yield ast.Constant("" if value else "?")


def _without_one(nodes: list[Any]) -> Iterator[list[Any]]:
    for number in range(len(nodes)):
        yield nodes[:number] + nodes[number + 1 :]


def _items(node: ast.AST, field: str) -> Iterator[tuple[Put, Any]]:
    """The members of a list of a node, each with what puts another into its place; docstrings are left out."""
    held = getattr(node, field)
    for number, one in enumerate(list(held)):
        if one is not None and not (field == "body" and _is_docstring(one)):
            yield _item_setter(held, number), one


def _setter(node: ast.AST, field: str) -> Put:
    return lambda changed: setattr(node, field, changed)


def _item_setter(held: list[Any], number: int) -> Put:
    def put(changed: Any) -> None:
        held[number] = changed

    return put


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""


def _said(node: ast.AST) -> str:
    """A node in one line, cut where it gets long."""
    text = " ".join(ast.unparse(ast.fix_missing_locations(node)).split())
    return text if len(text) <= 110 else f"{text[:107]}..."
