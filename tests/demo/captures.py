"""Captures of one invented person: keys, pointer paths, clicks, scrolling, windows, screens, absences. Vectorised."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data import instants
from data.captures.schema import SCHEMA, Kind
from tests.demo import drawing
from tests.demo.company import Employee
from tests.demo.office import App, phrase
from tests.demo.workday import Stint, stints

_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]

_STEPS = 6  # points of a pointer path that are kept
_SIZES = ((1920, 1080), (1920, 1200), (2560, 1440), (1512, 982))
_MODELS = ("ThinkPad T14", "ThinkPad X1", "Precision 5690", "MacBook Pro")


@dataclass(frozen=True)
class Recorded:
    """`table` has exactly the capture schema, ascending; `screens` by digest; `displays` as displays.json has them."""

    table: pa.Table
    screens: dict[str, bytes]
    displays: tuple[dict[str, object], ...]


@dataclass(frozen=True)
class _Rows:
    """Columns of one kind, all of one length; a missing column is null throughout."""

    kind: Kind
    at: _Ints
    stint: _Ints
    columns: dict[str, Any]


def record(employee: Employee, until: int, seed: int, density: float = 1.0) -> Recorded:
    """What the collector on the person's laptop sent up to `until` (microseconds UTC)."""
    draw = random.Random(f"{seed}/{employee.number}")
    numbers = np.random.default_rng([seed, employee.number])
    last = instants.moment(until).astimezone(employee.site.zone).date()
    everything = [one for one in stints(employee, last, draw) if one.at < until]
    shown = [one for one in everything if one.app is not None]
    width, height = _SIZES[employee.number % len(_SIZES)]
    rate = employee.pace * density
    screens, shots = _screens(employee, shown, draw, (width, height), min(1.0, density))
    rows = [
        _windows(everything),
        *_keys(shown, everything, rate, draw, numbers, employee.department),
        *_pointer(shown, everything, rate, numbers, (width, height), employee),
        _scrolls(shown, everything, rate, numbers, (width, height)),
        _shots(shots, everything),
    ]
    table = _table(rows, everything, device(employee))
    times = table.column("at").to_numpy()
    table = table.take(pa.array(np.argsort(times, kind="stable")))
    return Recorded(table.slice(0, int(np.searchsorted(np.sort(times), until))), screens, displays(employee))


def device(employee: Employee) -> str:
    """The laptop's name, e.g. "ThinkPad T14 LON-001"."""
    return f"{_MODELS[employee.number % len(_MODELS)]} {employee.site.city[:3].upper()}-{employee.number:03d}"


def displays(employee: Employee) -> tuple[dict[str, object], ...]:
    """The laptop's own screen and, for every third person, one to its left."""
    width, height = _SIZES[employee.number % len(_SIZES)]
    own: dict[str, object] = {"device": device(employee), "width": width, "height": height, "x": 0, "y": 0}
    left: dict[str, object] = {"device": device(employee), "width": 1920, "height": 1080, "x": -1920, "y": 0}
    return (own, left) if _has_second(employee) else (own,)


def _has_second(employee: Employee) -> bool:
    return employee.number % 3 == 1


def _windows(everything: Sequence[Stint]) -> _Rows:
    """A window for each stint; while somebody is away, an idle span instead (told apart in `_table`)."""
    at = np.array([one.at for one in everything], dtype=np.int64)
    length = np.array([one.length for one in everything], dtype=np.int64)
    return _Rows(Kind.WINDOW, at, np.arange(len(everything)), {"duration": length})


def _spread(
    shown: Sequence[Stint], everything: Sequence[Stint], rates: _Floats, numbers: np.random.Generator
) -> tuple[_Ints, _Ints]:
    """Moments scattered over the stints at `rates` a minute, ascending: (at, number of the stint)."""
    place = {id(one): number for number, one in enumerate(everything)}
    at = np.array([one.at for one in shown], dtype=np.int64)
    length = np.array([one.length for one in shown], dtype=np.int64)
    count = numbers.poisson(rates * length / instants.MINUTE)
    stint = np.repeat(np.array([place[id(one)] for one in shown], dtype=np.int64), count)
    moments = np.repeat(at, count) + (numbers.random(count.sum()) * np.repeat(length, count)).astype(np.int64)
    order = np.argsort(moments, kind="stable")
    return moments[order], stint[order]


def _keys(
    shown: Sequence[Stint],
    everything: Sequence[Stint],
    rate: float,
    draw: random.Random,
    numbers: np.random.Generator,
    department: str,
) -> tuple[_Rows, _Rows]:
    """Sentences, letter by letter: each key goes down and, 50 to 110 ms later, up. Every sentence ends with Enter."""
    rates = np.array([_app(one).typing * 0.045 * rate for one in shown])
    start, stint = _spread(shown, everything, rates, numbers)
    typed: list[str] = []
    sizes = np.zeros(len(start), dtype=np.int64)
    for number, place in enumerate(stint):
        line = phrase(draw.choice(_app(everything[place]).lines), draw, department)
        typed += ["space" if letter == " " else letter for letter in line] + ["enter"]
        sizes[number] = len(line) + 1
    pause = numbers.gamma(2.0, 75_000, len(typed)).cumsum()
    begin = np.repeat(pause[(sizes.cumsum() - sizes).astype(int)] if len(typed) else pause, sizes)
    down = np.repeat(start, sizes) + (pause - begin).astype(np.int64)
    up = down + numbers.integers(50_000, 110_000, len(typed))
    stint = np.repeat(stint, sizes)
    return _Rows(Kind.KEY, down, stint, {"down": True, "text": typed}), _Rows(
        Kind.KEY, up, stint, {"down": False, "text": typed}
    )


def _pointer(
    shown: Sequence[Stint],
    everything: Sequence[Stint],
    rate: float,
    numbers: np.random.Generator,
    size: tuple[int, int],
    employee: Employee,
) -> tuple[_Rows, _Rows, _Rows]:
    """Paths that bend a little from one target to the next, each ended by a click."""
    rates = np.array([_app(one).clicking * 0.25 * rate for one in shown])
    start, stint = _spread(shown, everything, rates, numbers)
    x, y = _targets(everything, stint, numbers, size)
    if _has_second(employee):
        x = np.where(numbers.random(len(x)) < 0.15, x / size[0] * 1920 - 1920, x)
    from_x, from_y = np.concatenate([[size[0] / 2], x[:-1]]), np.concatenate([[size[1] / 2], y[:-1]])
    done = np.arange(1, _STEPS + 1) / _STEPS
    ease = done * done * (3 - 2 * done)
    bend = numbers.normal(0, 0.08, len(x))[:, None] * np.sin(np.pi * done)
    path_x = from_x[:, None] + (x - from_x)[:, None] * ease - (y - from_y)[:, None] * bend
    path_y = from_y[:, None] + (y - from_y)[:, None] * ease + (x - from_x)[:, None] * bend
    length = numbers.integers(250_000, 900_000, len(x))
    moves = _Rows(
        Kind.POINTER,
        (start[:, None] + (length[:, None] * done).astype(np.int64)).ravel(),
        np.repeat(stint, _STEPS),
        {"x": _sentinels(np.round(path_x).ravel(), numbers), "y": np.round(path_y).ravel()},
    )
    pressed = start + length + numbers.integers(40_000, 200_000, len(x))
    released = pressed + numbers.integers(60_000, 140_000, len(x))
    button = numbers.choice(np.array(["left", "right", "middle"]), len(x), p=[0.93, 0.06, 0.01]).tolist()
    at = {"x": np.round(x), "y": np.round(y), "button": button}
    return (
        moves,
        _Rows(Kind.CLICK, pressed, stint, {"down": True, **at}),
        _Rows(Kind.CLICK, released, stint, {"down": False, **at}),
    )


def _scrolls(
    shown: Sequence[Stint],
    everything: Sequence[Stint],
    rate: float,
    numbers: np.random.Generator,
    size: tuple[int, int],
) -> _Rows:
    rates = np.array([_app(one).scrolling * 0.08 * rate for one in shown])
    start, stint = _spread(shown, everything, rates, numbers)
    x, y = _targets(everything, stint, numbers, size)
    turns = np.arange(4) * 120_000
    down = np.where(numbers.random(len(start)) < 0.8, -1.0, 1.0)
    return _Rows(
        Kind.SCROLL,
        (start[:, None] + turns).ravel(),
        np.repeat(stint, 4),
        {
            "x": np.repeat(np.round(x), 4),
            "y": np.repeat(np.round(y), 4),
            "dx": np.zeros(len(start) * 4),
            "dy": np.repeat(down, 4),
        },
    )


def _targets(
    everything: Sequence[Stint], stint: _Ints, numbers: np.random.Generator, size: tuple[int, int]
) -> tuple[_Floats, _Floats]:
    """Where people aim in each app: ten places, some far more often than others, missed by a few pixels."""
    apps = sorted({_app(one).name for one in everything if one.app})
    spots = {name: np.random.default_rng(sum(name.encode())).random((10, 2)) * 0.86 + 0.07 for name in apps}
    order = np.array([apps.index(one.app.name) if one.app else 0 for one in everything], dtype=np.int64)
    often = 1 / np.arange(1, 11)
    which = numbers.choice(10, len(stint), p=often / often.sum())
    places = np.stack([spots[name] for name in apps])[order[stint], which] if apps else np.zeros((0, 2))
    missed = numbers.normal(0, 7, (len(stint), 2))
    x = np.clip(places[:, 0] * size[0] + missed[:, 0], 0, size[0] - 1)
    y = np.clip(places[:, 1] * size[1] + missed[:, 1], 0, size[1] - 1)
    return x, y


def _sentinels(x: _Floats, numbers: np.random.Generator) -> _Floats:
    """Now and then a driver reports 65535, as real ones do."""
    return np.where(numbers.random(len(x)) < 0.0002, 65535.0, x)


def _screens(
    employee: Employee, shown: Sequence[Stint], draw: random.Random, size: tuple[int, int], share: float
) -> tuple[dict[str, bytes], list[tuple[Stint, str]]]:
    """Pictures of some stints, by digest, and which stint has which."""
    wanted = min(len(shown), max(2, int((30 if employee.pace >= 0.8 else 4) * share)))
    width = 960
    height = width * size[1] // size[0]
    found: dict[str, bytes] = {}
    shots: list[tuple[Stint, str]] = []
    recent = shown[-40:]
    for one in [
        *draw.sample(shown[:-40], max(0, min(len(shown) - 40, wanted // 2))),
        *draw.sample(recent, min(len(recent), wanted - wanted // 2)),
    ]:
        app = _app(one)
        lines = tuple(phrase(draw.choice(app.lines), draw, employee.department) for _ in range(draw.randint(3, 9)))
        image = drawing.screen(app.name, one.title, lines, width, height)
        digest = hashlib.sha256(image).hexdigest()
        found[digest] = image
        shots.append((one, digest))
    return found, shots


def _shots(shots: Sequence[tuple[Stint, str]], everything: Sequence[Stint]) -> _Rows:
    place = {id(one): number for number, one in enumerate(everything)}
    at = np.array([one.at + min(one.length // 2, 5 * instants.SECOND) for one, _ in shots], dtype=np.int64)
    stint = np.array([place[id(one)] for one, _ in shots], dtype=np.int64)
    return _Rows(Kind.SCREEN, at, stint, {"screen": [digest for _, digest in shots]})


def _table(rows: Sequence[_Rows], everything: Sequence[Stint], name: str) -> Any:
    """All rows with app, title and device filled in from their stints."""
    apps = pa.array([one.app.name if one.app else None for one in everything], pa.string())
    titles = pa.array([one.title if one.app else None for one in everything], pa.string())
    tables: list[pa.Table] = []
    for part in rows:
        size = len(part.at)
        stint = pa.array(part.stint, pa.int64())
        given: dict[str, Any] = {"at": part.at, "kind": [part.kind.value] * size, "device": [name] * size}
        given |= {"app": apps.take(stint), "title": titles.take(stint)} | part.columns
        if part.kind is Kind.WINDOW:
            away = [one.app is None for one in everything]
            given["kind"] = [Kind.IDLE.value if gone else Kind.WINDOW.value for gone in away]
            given["value"] = ['{"status":"afk"}' if gone else None for gone in away]
        tables.append(pa.table([_column(given.get(field.name), field.type, size) for field in SCHEMA], schema=SCHEMA))
    return pa.concat_tables(tables).unify_dictionaries()


def _column(given: Any, kind: Any, size: int) -> Any:
    if given is None:
        return pa.nulls(size, kind)
    if isinstance(given, bool):
        return pa.array(np.full(size, given), kind)
    if not pa.types.is_dictionary(kind):
        return pa.array(given, kind)
    return pa.array(given, pa.string()).dictionary_encode().cast(kind)


def _app(stint: Stint) -> App:
    if stint.app is None:
        raise ValueError("nobody types while they are away")
    return stint.app
