"""The rules of the house (DESIGN.md section 4), read from the source: what may import what, and what nobody may do.

Pure ``ast``; no database. Each test collects every breach and fails with the whole list.
"""

import ast
import sys
import tokenize
from pathlib import Path

from odoo.tests import BaseCase

ADDON = Path(__file__).parents[1]

#: the rooms that run inside Odoo
SHELL = ("models", "entities", "connectors", "workflows", "wizards", "report")
ROOMS = ("core", *SHELL, "controllers", "migrations")
#: a program of its own beside Odoo
BRIDGE = "mllp"
#: developers' own, and what is no part of the add-on; never imported by it
WORKSHOP = {"devkit", "benchmarks", "demo", BRIDGE}

PURE_LIBRARIES = {"cryptography", "jmespath", "jsonschema", "jsonschema_rs", "jwt"}
#: core's tests may hold it against other libraries
TEST_LIBRARIES = {"standardwebhooks", "yaml", "cloudevents", "hl7", "hypothesis"}
SHELL_LIBRARIES = {"psycopg2", "werkzeug", "lxml", "dateutil"}
#: of other add-ons only this may be imported; everything else of theirs is reached through ``env``
OTHER_ADDONS = ("odoo.addons.base", "odoo.addons.queue_job.exception")
CALLING_OUT = {"requests", "httpx", "aiohttp", "urllib3", "socket", "smtplib", "ftplib"}
CALLING_OUT_MODULES = ("urllib.request", "http.client")

LONGEST_FILE = 400
LONGEST_THIN_FUNCTION = 30


def files(*rooms):
    for room in rooms:
        yield from sorted((ADDON / room).rglob("*.py"))


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def where(path, node):
    return f"{path.relative_to(ADDON)}:{getattr(node, 'lineno', 1)}"


def imports(path):
    """``(node, absolute module)`` for each import; modules of this add-on as ``/room/module``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node, name.name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node, f"{node.module}.{name.name}") for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = path.parents[node.level - 1].relative_to(ADDON).parts
            module = "/".join(("", *base, *(node.module or "").split(".")))
            yield from ((node, f"{module}/{name.name}".replace("//", "/")) for name in node.names)


def room_of(module):
    return module.split("/")[1]


def calls(path):
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def name_of(function):
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def is_under(module, parents):
    return any(module == parent or module.startswith(f"{parent}.") for parent in parents)


class TestArchitecture(BaseCase):
    """Breaches are listed as ``file:line what``."""

    def check(self, breaches):
        if listed := sorted(set(breaches)):
            self.fail("\n" + "\n".join(listed))

    def _foreign(self, rooms, is_allowed):
        for path in files(*rooms):
            for node, module in imports(path):
                if not is_allowed(path, module):
                    yield f"{where(path, node)} imports {module}"

    # -- who may import what --

    def test_the_core_imports_nothing_but_itself_and_pure_libraries(self):
        def is_allowed(path, module):
            if module.startswith("/"):
                return room_of(module) == "core"
            top = module.partition(".")[0]
            extra = TEST_LIBRARIES | {"core"} if "tests" in path.parts else set()
            return top in sys.stdlib_module_names | PURE_LIBRARIES | extra

        self.check(self._foreign(["core"], is_allowed))

    def test_the_shell_imports_odoo_and_the_core(self):
        def is_allowed(path, module):
            if module.startswith("/"):
                own = path.relative_to(ADDON).parts[0]
                return room_of(module) in ("core", own)
            if module.startswith("odoo.addons."):
                return is_under(module, OTHER_ADDONS)
            top = module.partition(".")[0]
            return top in sys.stdlib_module_names | SHELL_LIBRARIES | PURE_LIBRARIES | {"odoo"} or (
                top == "requests" and "connectors" in path.parts
            )

        self.check(self._foreign(SHELL, is_allowed))

    def test_controllers_import_http_and_the_core(self):
        def is_allowed(path, module):
            if module.startswith("/"):
                return room_of(module) in ("core", "controllers")
            if module.partition(".")[0] == "odoo":
                return is_under(module, ("odoo.http", "odoo.SUPERUSER_ID"))
            # psycopg2: to know its errors, which Odoo would answer in HTML
            return module.partition(".")[0] in sys.stdlib_module_names | {"werkzeug", "psycopg2"}

        self.check(self._foreign(["controllers"], is_allowed))

    def test_the_add_on_never_imports_what_only_developers_have(self):
        def is_allowed(_path, module):
            top = room_of(module) if module.startswith("/") else module.partition(".")[0]
            return top not in WORKSHOP | {"tests"} or "tests" in _path.parts

        self.check(self._foreign(ROOMS, is_allowed))

    def test_only_connectors_call_out(self):
        def is_allowed(path, module):
            is_out = module.partition(".")[0] in CALLING_OUT or is_under(
                module, CALLING_OUT_MODULES
            )
            return not is_out or "connectors" in path.parts

        self.check(self._foreign(ROOMS, is_allowed))

    def test_the_bridge_needs_nothing_but_python_and_the_core(self):
        def is_allowed(path, module):
            if module.startswith("/"):
                return room_of(module) == BRIDGE
            top = module.partition(".")[0]
            extra = {"cryptography", "hypothesis", "devkit"} if "tests" in path.parts else set()
            return top in sys.stdlib_module_names | {"core"} | extra

        self.check(self._foreign([BRIDGE], is_allowed))

    def test_the_core_of_the_checkout_has_no_odoo_at_all(self):
        self.check(
            f"{path.relative_to(ADDON)} names odoo's modules"
            for path in files("core")
            for _node, module in imports(path)
            if module.partition(".")[0] == "odoo"
        )

    # -- what nobody may do --

    def test_nothing_evaluates_text(self):
        self.check(
            f"{where(path, node)} calls {name_of(node.func)}"
            for path in files(*ROOMS)
            for node in calls(path)
            if name_of(node.func) in ("safe_eval", "test_python_expr")
            or (
                isinstance(node.func, ast.Name)
                and node.func.id in ("eval", "exec", "compile", "__import__")
            )
        )

    def test_nobody_commits(self):
        self.check(
            f"{where(path, node)} commits"
            for path in files(*ROOMS)
            for node in calls(path)
            if isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
        )

    def test_everything_is_caught_in_one_place_only(self):
        def is_broad(handler):
            caught = handler.type
            names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
            return caught is None or any(
                name_of(name) in ("Exception", "BaseException") for name in names
            )

        self.check(
            f"{where(path, node)} catches everything"
            for path in files(*ROOMS, BRIDGE)
            if path != ADDON / "models/exchange/contain.py" and "tests" not in path.parts
            for node in ast.walk(tree(path))
            if isinstance(node, ast.ExceptHandler) and is_broad(node)
        )

    def test_no_statement_is_built_from_text(self):
        self.check(
            f"{where(path, node)} builds SQL from text"
            for path in files(*ROOMS, "tests")
            for node in calls(path)
            if name_of(node.func)
            in ("execute", "executemany", "execute_query", "execute_values", "mogrify", "SQL")
            and node.args
            and _is_built(node.args[0])
        )

    def test_every_sudo_says_why(self):
        self.check(
            f"{where(path, node)} sudo() without a reason beside or above it"
            for path in files(*SHELL, "controllers")
            for node in _unexplained_sudos(path)
        )

    # -- sizes --

    def test_odoos_own_runner_finds_every_test(self):
        named = (ADDON / "tests" / "__init__.py").read_text(encoding="utf-8").split()
        self.check(
            f"tests/__init__.py does not import {path.stem}"
            for path in (ADDON / "tests").glob("test_*.py")
            if path.stem not in named
        )

    def test_files_hold_one_idea(self):
        lengths = {
            path.relative_to(ADDON): len(path.read_text(encoding="utf-8").splitlines())
            for path in files(*ROOMS, "tests")
        }
        self.check(
            f"{path} has {length} lines"
            for path, length in lengths.items()
            if length > LONGEST_FILE
        )

    def test_wizards_and_controllers_are_thin(self):
        self.check(
            f"{where(path, node)} {node.name} has {_length(node)} lines"
            for path in files("wizards", "controllers")
            for node in ast.walk(tree(path))
            if isinstance(node, ast.FunctionDef) and _length(node) > LONGEST_THIN_FUNCTION
        )


def _length(node):
    return node.end_lineno - node.lineno + 1


def _is_built(node):
    """Whether a statement's text depends on values: an f-string, ``%``, ``format`` or ``join`` of texts."""
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.BinOp):
        return not (_is_constant(node.left) and _is_constant(node.right))
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("format", "join", "replace")
        and not (isinstance(node.func.value, ast.Call) and name_of(node.func.value.func) == "SQL")
    )


def _is_constant(node):
    if isinstance(node, ast.BinOp):
        return _is_constant(node.left) and _is_constant(node.right)
    return isinstance(node, ast.Constant)


def _comment_lines(path):
    with tokenize.open(path) as source:
        return {
            token.start[0]
            for token in tokenize.generate_tokens(source.readline)
            if token.type == tokenize.COMMENT
        }


def _unexplained_sudos(path):
    """Calls of ``sudo()`` with no comment within their statement or on the line above it."""
    comments = _comment_lines(path)
    for statement in ast.walk(tree(path)):
        if not isinstance(statement, ast.stmt):
            continue
        heads = _heads(statement)
        lines = (
            set(range(statement.lineno - 1, max(head.end_lineno for head in heads) + 1))
            if heads
            else set()
        )
        for node in (node for head in heads for node in ast.walk(head)):
            is_sudo = isinstance(node, ast.Call) and name_of(node.func) == "sudo"
            if is_sudo and not lines & comments:
                yield node


def _heads(statement):
    """What a statement itself says: of a compound one (if, for, with, def) what stands before its body."""
    if not hasattr(statement, "body"):
        return [statement]
    parts = [getattr(statement, name, None) for name in ("test", "iter", "subject")]
    parts += [item.context_expr for item in getattr(statement, "items", ())]
    return [part for part in parts if part is not None]
