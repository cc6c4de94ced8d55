"""The house rules, read off the syntax tree: who may import whom, sizes, names, luck and clocks.

A rule is a function from one source file to the complaints about it. Every rule runs over every
file of `sim` and `models`, and on a bad snippet that it must refuse.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import models
import sim

ROOT = Path(__file__).parents[1]
MOST_FUNCTION_LINES, MOST_FILE_LINES, MOST_COLUMNS, MOST_PARAMETERS = 60, 400, 100, 6
MOST_PUBLIC_NAMES = 20
VAGUE = ("util", "utils", "helper", "helpers", "manager", "managers", "misc", "common")

# Room -> rooms whose code it may use. A room is the longest entry that a module's name begins with.
BELOW_WORLD = (
    "sim.columns", "sim.core", "sim.driver", "sim.engine", "sim.history", "sim.ledger", "sim.node",
    "sim.process", "sim.remote", "sim.streams", "sim.tape", "sim.transport",
)  # fmt: skip
BELOW_DESIGNS = (*BELOW_WORLD, "sim.path", "sim.world")
INSTRUMENT = (
    "sim.errors", "sim.faults", "sim.files", "sim.guarantees", "sim.history", "sim.metrics",
    "sim.network", "sim.numbers", "sim.path", "sim.report", "sim.scenario", "sim.tape",
    "sim.workload", "sim.world",
)  # fmt: skip
PROTOCOLS = (
    "models.protocols", "models.protocols.http", "models.protocols.mqtt",
    "models.protocols.socketio", "models.protocols.sse",
)  # fmt: skip
BELOW_CONNECTIONS = ("models.calm", "models.costs", "models.options", "models.servers", *PROTOCOLS)
BELOW_CHANNELS = ("models.connections", "models.tables", *BELOW_CONNECTIONS)
CHANNELS = (
    "models.channels", "models.channels.mqtt", "models.channels.socketio", "models.channels.sse",
)  # fmt: skip
MAY_USE: dict[str, tuple[str, ...]] = {
    "sim.columns": (),
    "sim.core": ("sim.files", "sim.luck"),  # flat arrays, arithmetic on them, machine code of it
    "sim.engine": ("sim.core",),
    "sim.errors": (),
    "sim.files": ("sim.errors",),
    "sim.packages": ("sim.errors",),  # what is installed besides
    "sim.luck": (),
    "sim.ordering": (),
    "sim.streams": ("sim.luck",),
    "sim.history": ("sim.members", "sim.ordering", "sim.spans"),
    "sim.members": (),  # who is in which conversation when
    "sim.spans": (),  # who is in a session or an outage when
    "sim.numbers": (),  # how a number is written, wherever one is
    "sim.ledger": ("sim.columns", "sim.history", "sim.ordering"),
    "sim.tape": (),
    "sim.driver": ("sim.engine", "sim.process"),
    "sim.process": ("sim.core", "sim.engine"),
    "sim.remote": ("sim.engine", "sim.process"),
    "sim.node": ("sim.core", "sim.engine", "sim.process"),
    "sim.network": ("sim.core", "sim.errors", "sim.files", "sim.luck", "sim.streams"),
    "sim.transport": (
        "sim.core",
        "sim.engine",
        "sim.history",
        "sim.network",
        "sim.ledger",
        "sim.node",
        "sim.process",
        "sim.remote",
        "sim.streams",
        "sim.tape",
    ),
    "sim.path": (
        "sim.core",
        "sim.engine",
        "sim.history",
        "sim.ledger",
        "sim.network",
        "sim.node",
        "sim.process",
        "sim.transport",
    ),
    "sim.workload": (
        "sim.engine",
        "sim.files",
        "sim.members",
        "sim.network",
        "sim.node",
        "sim.streams",
    ),
    "sim.faults": ("sim.engine", "sim.network", "sim.node", "sim.process", "sim.streams"),
    "sim.metrics": ("sim.history", "sim.members", "sim.ordering", "sim.spans"),
    "sim.guarantees": ("sim.history", "sim.members", "sim.ordering", "sim.spans"),
    "sim.scenario": (
        "sim.errors",
        "sim.faults",
        "sim.files",
        "sim.guarantees",
        "sim.metrics",
        "sim.network",
        "sim.path",
        "sim.workload",
    ),
    "sim.world": (
        *BELOW_WORLD,
        "sim.faults",
        "sim.network",
        "sim.path",
        "sim.scenario",
        "sim.workload",
    ),
    "sim.report": (
        "sim.errors",
        "sim.faults",
        "sim.files",
        "sim.guarantees",
        "sim.metrics",
        "sim.numbers",
    ),
    "sim.scenarios": (),
    # the core to say beforehand that it will compile, luck for orders that are sampled
    "sim.experiment": ("sim.core", "sim.spans", "sim.streams", *INSTRUMENT),
    "sim.sequence": INSTRUMENT,
    "sim.hunt": ("sim.experiment", "sim.sequence", "sim.streams", *INSTRUMENT),
    "sim.validation": ("sim.experiment", "sim.streams", *INSTRUMENT),
    "sim.claims": ("sim.experiment", *INSTRUMENT),
    "sim.bench": ("sim.experiment", *INSTRUMENT),
    # statistics, where one is played several times
    "sim.storms": (
        "sim.errors",
        "sim.experiment",
        "sim.files",
        "sim.numbers",
        "sim.report",
        "sim.scenario",
    ),
    # storms of all, and exact runs of a few, held to limits
    "sim.plans": ("sim.experiment", "sim.storms", "sim.transport", *INSTRUMENT),
    "sim.commands": (
        "sim.bench",
        "sim.claims",
        "sim.experiment",
        "sim.hunt",
        "sim.plans",
        "sim.sequence",
        "sim.storms",
        "sim.validation",
        *INSTRUMENT,
    ),
    "sim.commandline": ("sim.commands", "sim.registry", "sim.scenario"),
    "sim.cli": (
        "sim.commandline",
        "sim.commands",
        "sim.errors",
        "sim.experiment",
        "sim.files",
        "sim.report",
    ),
    # which designs there are
    "sim.registry": (
        "models",
        "models.aspects",
        "models.channels",
        "models.storms",
        "sim.errors",
        "sim.packages",
        "sim.scenario",
        "sim.storms",
    ),
    "sim.asked": ("sim.errors", "sim.experiment", "sim.registry", "sim.scenario"),
    "sim.api": (
        "sim.asked",
        "sim.claims",
        "sim.errors",
        "sim.experiment",
        "sim.hunt",
        "sim.plans",
        "sim.registry",
        "sim.scenario",
        "sim.storms",
        "sim.validation",
    ),
    "sim": (
        "sim.api",
        "sim.errors",
        "sim.experiment",
        "sim.history",
        "sim.metrics",
        "sim.network",
        "sim.registry",
        "sim.scenario",
    ),
    "models.protocols": (),
    "models.protocols.http": ("models.protocols",),
    "models.protocols.mqtt": ("models.protocols",),
    "models.protocols.socketio": ("models.protocols",),
    "models.protocols.sse": ("models.protocols",),
    "models.costs": (),
    "models.tables": (),
    "models.options": ("models.costs", "models.tables", *PROTOCOLS),
    "models.calm": (*PROTOCOLS, *BELOW_DESIGNS),
    "models.servers": (
        "models.calm",
        "models.costs",
        "models.options",
        *PROTOCOLS,
        *BELOW_DESIGNS,
    ),
    "models.connections": (
        "models.calm",
        "models.costs",
        "models.options",
        "models.servers",
        *PROTOCOLS,
        *BELOW_DESIGNS,
    ),
    "models.channels": (*BELOW_CHANNELS, *BELOW_DESIGNS, "models.settings", "sim.packages"),
    "models.channels.mqtt": ("models.channels", *BELOW_CHANNELS, *BELOW_DESIGNS),
    "models.channels.socketio": ("models.channels", *BELOW_CHANNELS, *BELOW_DESIGNS),
    "models.channels.sse": ("models.channels", *BELOW_CHANNELS, *BELOW_DESIGNS),
    "models.wording": (*CHANNELS, *BELOW_CHANNELS, *BELOW_DESIGNS),
    "models.system": (*CHANNELS, *BELOW_CHANNELS, "models.wording", *BELOW_DESIGNS),
    "models.presets": ("models.options", "models.tables", *PROTOCOLS),
    "models.settings": ("models.options", "models.presets", "models.tables"),
    "models.fit": ("models.channels", "models.options", "models.servers", "models.tables"),
    "models.traits": ("models.channels", "models.fit", "models.options"),
    "models.footing": ("models.fit", "models.options", *CHANNELS, *PROTOCOLS),
    "models.design": (
        "models.fit",
        "models.footing",
        "models.options",
        "models.settings",
        "models.system",
        "models.tables",
        "models.traits",
        "sim.world",
        *PROTOCOLS,
    ),
    "models.aspects": ("models.design", "models.fit", "models.options", "models.settings"),
    "models.designs": ("models.design",),
    "models.designs.products": ("models.design", "models.designs"),
    # a crowd in rows, with the numbers of what the exact engine would be built of
    "models.storms": (
        "models.channels",
        "models.connections",
        "models.design",
        "models.servers",
        "sim.luck",
        "sim.network",
        "sim.scenario",
        "sim.storms",
        *PROTOCOLS,
        *BELOW_DESIGNS,
    ),
    "models": ("models.channels", "models.design", "models.designs"),
}
# Whatever gives luck, time of day or surroundings that no seed decides.
HIDDEN = (
    "datetime.date.today", "datetime.datetime.now", "datetime.datetime.today",
    "datetime.datetime.utcnow", "numpy.random", "os.environ", "os.getenv", "os.urandom", "random",
    "secrets", "time", "uuid",
)  # fmt: skip
NOT_LUCK = ("numpy.random.Generator",)  # a type
# file -> what it may use, and why
ALLOWED_HIDDEN = {
    "sim/core/compiled.py": ("os.environ.get",),  # whether machine code is wanted
    "sim/core/kept.py": ("os.environ.get",),  # where it is kept
    "sim/bench/fresh.py": ("os.environ",),  # handed on to a new process
    "sim/bench/programs.py": ("time.process_time",),  # what is measured
    "sim/bench/rounds.py": ("time.monotonic",),  # how long the rest will take
    "sim/commands/hunting.py": ("time.monotonic",),  # ends a hunt, never reaches what it finds
    "sim/commands/sweeping.py": ("time.monotonic",),  # how long the rest will take
    "sim/commands/storm.py": ("time.monotonic",),  # how long a search will take
    "sim/streams.py": ("numpy.random",),  # the one source of luck
    "sim/experiment/estimate.py": ("time.process_time",),  # what a rehearsal costs, said beforehand
    "sim/experiment/statistics.py": ("numpy.random.default_rng",),  # bootstrap, fixed seed
    "sim/validation/intervals.py": ("numpy.random.default_rng",),  # bootstrap, fixed seed
}
TABLES = ("models/designs/products/",)
UNTESTED: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """One file; `path` is relative to the repository."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        )


Rule = Callable[[Source], Iterator[str]]


def imports_point_down(source: Source) -> Iterator[str]:
    room = room_of(source.module)
    for node in ast.walk(source.tree):
        allowed = MAY_USE[room] if room else ()
        for other in dict.fromkeys(room_of(target) for target in imported(node)):
            if other not in (None, room, *allowed):
                yield f"{source.path}:{node.lineno}: {room} may not use {other}"


def functions_are_short(source: Source) -> Iterator[str]:
    for function in source.functions:
        lines = (function.end_lineno or 0) - function.lineno + 1
        if lines > MOST_FUNCTION_LINES:
            yield f"{source.path}:{function.lineno}: {function.name} has {lines} lines"


def functions_take_few_parameters(source: Source) -> Iterator[str]:
    for function in source.functions:
        given = function.args
        names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        count = len([name for name in names if name not in ("self", "cls")])
        if count > MOST_PARAMETERS:
            yield f"{source.path}:{function.lineno}: {function.name} takes {count} parameters"


def files_are_short(source: Source) -> Iterator[str]:
    if (lines := len(source.text.splitlines())) > MOST_FILE_LINES:
        yield f"{source.path}: {lines} lines"


def lines_are_short(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if len(line) > MOST_COLUMNS:
            yield f"{source.path}:{number}: {len(line)} columns"


def modules_say_what_they_are(source: Source) -> Iterator[str]:
    if not (ast.get_docstring(source.tree) or "").strip():
        yield f"{source.path}: no docstring"


def names_are_not_vague(source: Source) -> Iterator[str]:
    for part in source.module.split("."):
        if set(part.split("_")) & set(VAGUE):
            yield f"{source.path}: '{part}' says nothing"


def luck_and_clocks_come_from_outside(source: Source) -> Iterator[str]:
    allowed = (*NOT_LUCK, *ALLOWED_HIDDEN.get(source.path, ()))
    for line, name in used(source.tree):
        if within(name, HIDDEN) and not within(name, allowed):
            yield f"{source.path}:{line}: {name}"


def sets_are_not_walked_through(source: Source) -> Iterator[str]:
    """Their order is the hash seed's; `sorted` makes one."""
    for node in ast.walk(source.tree):
        walked = getattr(node, "iter", None)
        is_call = isinstance(walked, ast.Call) and isinstance(walked.func, ast.Name)
        if isinstance(walked, ast.Set | ast.SetComp) or (
            is_call and walked.func.id in ("set", "frozenset")
        ):
            yield f"{source.path}:{walked.lineno}: goes through a set"


def nothing_is_left_to_do(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if any(word in line for word in ("TODO", "FIXME", "NotImplemented")):
            yield f"{source.path}:{number}: unfinished"


def has_its_test_file(source: Source) -> Iterator[str]:
    """`sim/network/loss.py` is tested by `tests/sim/network/test_loss.py`."""
    if source.path in UNTESTED or not says_more_than_a_docstring(source):
        return
    if source.path.startswith(TABLES):
        return  # rows, judged by the test of their folder
    *folders, name = source.module.split(".")
    if source.path.endswith("/__init__.py"):
        folders.append(name)
    if not (test := ROOT / "tests" / "/".join(folders) / f"test_{name}.py").is_file():
        yield f"{source.path}: no {test.relative_to(ROOT)}"


def imported(node: ast.AST) -> list[str]:
    """Names of modules, or of what is in them, that this statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names]
    return []


def room_of(module: str) -> str | None:
    """The room of one of our modules; None for what is not ours."""
    mine = [room for room in MAY_USE if f"{module}.".startswith(f"{room}.")]
    return max(mine, key=len, default=None)


def arrows(sources: Iterable[Source]) -> dict[str, set[str]]:
    """Module -> our modules that it imports anywhere: late ones and those for types count, too."""
    sources = list(sources)
    known = {source.module for source in sources}
    found: dict[str, set[str]] = {}
    for source in sources:
        names = (name for node in ast.walk(source.tree) for name in imported(node))
        homes = {name if name in known else name.rpartition(".")[0] for name in names}
        found[source.module] = homes & known - {source.module}
    return found


def between_rooms(files: dict[str, set[str]]) -> dict[str, set[str]]:
    """The same arrows, from room to room."""
    found: dict[str, set[str]] = {}
    for module, others in files.items():
        room = room_of(module) or module
        found.setdefault(room, set()).update({room_of(one) or one for one in others} - {room})
    return found


def circles(graph: dict[str, set[str]]) -> list[frozenset[str]]:
    """Whatever can reach itself: the strongly connected components of more than one member."""
    names = sorted(graph)
    ends = [(names.index(a), names.index(b)) for a in names for b in graph[a]]
    rows, columns = zip(*ends, strict=True) if ends else ((), ())
    square = coo_array(([1] * len(ends), (rows, columns)), shape=(len(names), len(names)))
    count, member_of = connected_components(square, directed=True, connection="strong")
    found: list[set[str]] = [set() for _ in range(count)]
    for name, place in zip(names, member_of, strict=True):
        found[place].add(name)
    return [frozenset(one) for one in found if len(one) > 1]


def used(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Imported things in full, wherever they are used: `np.random.seed` is `numpy.random.seed`."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias, name in zip(node.names, imported(node), strict=True):
                known[alias.asname or alias.name] = name
                yield node.lineno, name
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    inner = {node.value for node in attributes}
    for node in attributes:
        first, _, rest = ast.unparse(node).partition(".")
        if node not in inner and first in known:
            yield node.lineno, f"{known[first]}.{rest}"


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(f"{name}.".startswith(f"{place}.") for place in places)


def says_more_than_a_docstring(source: Source) -> bool:
    return any(not isinstance(node, ast.Expr) for node in source.tree.body)


SOURCES = [
    Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
    for room in ("sim", "models")
    for path in sorted((ROOT / room).rglob("*.py"))
]
LONG_FUNCTION = "def f():\n" + "    pass\n" * MOST_FUNCTION_LINES
# Rule -> files that it must refuse.
RULES: dict[Rule, tuple[Source, ...]] = {
    imports_point_down: (
        Source("models/protocols/x.py", "import sim.engine"),
        Source("sim/metrics/x.py", "def f():\n    from sim import engine"),
        Source("sim/report/x.py", "from sim.experiment.run import run_replication"),
        Source("sim/experiment/x.py", "from models import DESIGNS"),
        Source("sim/node.py", "if TYPE_CHECKING:\n    from models.design import Design"),
        Source("sim/faults/x.py", "from sim.world import World"),
    ),
    functions_are_short: (
        Source("sim/x.py", LONG_FUNCTION),
        Source("sim/x.py", f"async {LONG_FUNCTION}"),
    ),
    functions_take_few_parameters: (
        Source("sim/x.py", "def f(a, b, c, d, e, f, g): ..."),
        Source("sim/x.py", "class A:\n    def f(self, a, b, /, c, d, e, *, f, g): ..."),
    ),
    files_are_short: (Source("sim/x.py", "\n" * (MOST_FILE_LINES + 1)),),
    lines_are_short: (Source("sim/x.py", "#" * (MOST_COLUMNS + 1)),),
    modules_say_what_they_are: (Source("sim/x.py", "x = 1"), Source("sim/x.py", '""" """')),
    names_are_not_vague: (
        Source("sim/utils.py", ""),
        Source("sim/helpers/x.py", ""),
        Source("models/session_manager.py", ""),
    ),
    luck_and_clocks_come_from_outside: (
        Source("sim/x.py", "import random"),
        Source("sim/x.py", "from time import perf_counter"),
        Source("sim/x.py", "import numpy as np\nnp.random.seed(1)"),
        Source("sim/x.py", "from numpy import random"),
        Source("sim/x.py", "from numpy.random import default_rng"),
        Source("sim/x.py", "from datetime import datetime\ndatetime.now()"),
        Source("sim/x.py", "import datetime as dt\ndt.datetime.now()"),
        Source("models/x.py", "import os\nos.environ['HOME']"),
        Source("sim/experiment/statistics.py", "import numpy as np\nnp.random.normal()"),
    ),
    sets_are_not_walked_through: (
        Source("sim/x.py", "for x in {1, 2}:\n    pass"),
        Source("sim/x.py", "y = [x for x in set(z)]"),
    ),
    nothing_is_left_to_do: (
        Source("sim/x.py", "# TODO: think"),
        Source("sim/x.py", "def f():\n    raise NotImplementedError"),
    ),
    has_its_test_file: (
        Source("sim/no_such_module.py", "x = 1"),
        Source("sim/no_such_room/__init__.py", '"""A room."""\nx = 1'),
    ),
}
NAMED = {rule.__name__: rule for rule in RULES}


@pytest.mark.parametrize("name", NAMED)
def test_every_file_keeps_the_rule(name):
    complaints = [complaint for source in SOURCES for complaint in NAMED[name](source)]
    assert not complaints, "\n" + "\n".join(complaints)


@pytest.mark.parametrize("name", NAMED)
def test_the_rule_refuses_what_is_bad(name):
    rule = NAMED[name]
    assert [source for source in RULES[rule] if not list(rule(source))] == []


def test_rules_let_good_code_pass():
    text = '''\
"""A module."""
from numpy.random import Generator
def f(luck: Generator, a, b, c, d, e): return [x for x in sorted({a, b})]
'''
    good = Source("sim/network/loss.py", text)
    assert [complaint for rule in RULES for complaint in rule(good)] == []


def test_no_two_rooms_need_each_other():
    def reached(room: str, way: tuple[str, ...]) -> None:
        assert room not in way, f"circle: {' -> '.join((*way, room))}"
        for other in MAY_USE.get(room, ()):
            reached(other, (*way, room))

    for room in MAY_USE:
        reached(room, ())


FILES = arrows(SOURCES)


@pytest.mark.parametrize("graph", [FILES, between_rooms(FILES)], ids=["files", "rooms"])
def test_nothing_needs_itself_in_the_end(graph):
    assert [sorted(one) for one in circles(graph)] == []


LATE = "def f():\n    from sim.faults.b import c"
FOR_TYPES = "if TYPE_CHECKING:\n    from sim.world import World"


def test_a_circle_of_late_and_type_only_imports_is_found():
    made = [
        Source("sim/world.py", LATE),
        Source("sim/faults/b.py", "from sim.faults import c"),
        Source("sim/faults/c.py", FOR_TYPES),
        Source("sim/faults/d.py", "import sim.world"),
    ]
    files = arrows(made)
    assert circles(files) == [{"sim.world", "sim.faults.b", "sim.faults.c"}]
    assert circles(between_rooms(files)) == [{"sim.world", "sim.faults"}]


def test_rooms_may_need_each_other_where_no_file_does():
    made = [
        Source("sim/world.py", "from sim.faults.a import x"),
        Source("sim/faults/a.py", ""),
        Source("sim/faults/b.py", FOR_TYPES),
    ]
    files = arrows(made)
    assert circles(files) == []
    assert circles(between_rooms(files)) == [{"sim.world", "sim.faults"}]


def test_every_room_has_a_row_of_its_own():
    homes = {room_of(source.module): source.path for source in SOURCES}
    assert (homes["sim"], homes["models"]) == ("sim/__init__.py", "models/__init__.py")


def test_the_exceptions_are_needed():
    texts = {source.path: source.text for source in SOURCES}
    for path in ALLOWED_HIDDEN.keys() & texts.keys():
        assert list(luck_and_clocks_come_from_outside(Source(f"other/{path}", texts[path])))
    assert set(UNTESTED) <= set(texts)


def test_the_door_is_narrow():
    assert len(sim.__all__) <= MOST_PUBLIC_NAMES
    assert models.__all__ == ["DESIGNS", "Design"]
    assert all(name == design.name for name, design in models.DESIGNS.items())
