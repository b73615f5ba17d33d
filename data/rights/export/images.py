"""The pictures of the screen that belong to the captures of an export, with what shows others blacked out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow.compute
from sqlalchemy.orm import Session

from data.captures import pictures
from data.captures import screens as stored_screens
from data.captures.recording import Screen
from data.rights.export import pieces
from data.rights.export.pieces import PICTURES, File, Piece, Progress, Round, Source
from data.rights.export.zipped import Zip
from data.rights.redaction import blackening, showing
from data.rights.redaction.blackening import NoPicture
from data.rights.redaction.plan import Hiding, Plan

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them

BLACKED = "-blacked-out.png"  # follows the digest of the picture that stays sealed
LEFT_OUT = "-left-out.txt"
_UNKNOWN = (
    "A part of this picture shows somebody else, and Daylight cannot open its form to black out only that part, so the"
    " whole picture is left out. blacked-out.jsonl says on what ground.\n"
)


def anew(progress: Progress, version: str) -> Progress:
    """The progress before the first picture, for a plan of that `version`."""
    writers, numbers = list(progress.writers), list(progress.numbers)
    writers[PICTURES], numbers[PICTURES] = None, 0
    again = {"last_screen": "", "screens": 0, "black": 0, "hiding": version}
    return replace(progress, writers=tuple(writers), numbers=tuple(numbers), **again)


def screens(source: Source, progress: Progress, hidden: Plan) -> Iterator[Round]:
    """Every screen that the captures in scope refer to, as image files named by their SHA-256; what `hidden` reaches
    with that blacked out, under a name that says so."""
    with source.database.reading() as session:
        names = deque(name for name in _screen_names(session, source, progress) if name > progress.last_screen)
        reached = _reached(session, source, hidden, names)
        while names:
            writer = Zip(progress.stamp, progress.writers[PICTURES])
            body, files, size = bytearray(), list[File](), 0
            while names and size < pieces.BYTES:
                name = names.popleft()
                found = stored_screens.read(session, source.vault, source.person_id, name)
                image = _image(found, reached.get(name, ()))
                data, (ended,) = pieces.file(writer, image.name, image.data, packed=False)
                body += data
                files.append(replace(ended, black=image.black))
                size += len(data)
                black = progress.black + (image.black is not None)
                progress = replace(progress, last_screen=name, screens=progress.screens + 1, black=black)
            number = progress.numbers[PICTURES]
            progress = pieces.moved(progress, PICTURES, writer)
            yield (Piece(PICTURES, number, bytes(body), tuple(files)),), progress


@dataclass(frozen=True)
class _Image:
    """A file of the folder screens, and what is blacked out in it."""

    name: str
    data: bytes = field(repr=False)
    black: dict[str, Any] | None = None


def _image(found: Screen, hidings: Sequence[Hiding]) -> _Image:
    whole = f"screens/{found.digest}"
    if not hidings:
        return _Image(f"{whole}{pictures.ending(found.media_type)}", found.data)
    try:
        made = blackening.blacken(found.data, [one.region for one in hidings])
    except NoPicture:
        name, regions = f"{whole}{LEFT_OUT}", _regions(hidings, [None] * len(hidings))
        return _Image(name, _UNKNOWN.encode(), _told(found, name, regions, left_out=True))
    name, regions = f"{whole}{BLACKED}", _regions(hidings, made.boxes)
    return _Image(name, made.data, _told(found, name, regions, width=made.width, height=made.height))


def _told(found: Screen, name: str, regions: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"screen": found.digest, "file": name, **more, "regions": regions}


def _regions(hidings: Sequence[Hiding], boxes: Sequence[Any]) -> list[dict[str, Any]]:
    """Each region in pixels (none where the whole picture is left out), its ground, and by what."""
    sides = ("left", "top", "right", "bottom")
    return [
        {
            **(dict(zip(sides, box, strict=True)) if box else {}),
            "shows": one.shown.value,
            "words": one.words,
            "by": one.by,
            "entry": one.entry,
        }
        for one, box in zip(hidings, boxes, strict=True)
    ]


def _reached(session: Session, source: Source, hidden: Plan, names: Sequence[str]) -> Mapping[str, tuple[Hiding, ...]]:
    if not names or not hidden.version:
        return {}
    # Whatever is held now, also what is not in this copy: the window in front may be of another kind than is asked for.
    told = showing.showings(session, source.vault, source.person_id)
    return hidden.reached(told, frozenset(names))


def _screen_names(session: Session, source: Source, progress: Progress) -> list[str]:
    held = stored_screens.listed(session, source.person_id)
    if source.scope.everything:
        return sorted(held)
    named = set[str]()
    for table in pieces.rows(session, source, replace(progress, cursor=None)):
        named.update(pc.unique(table["screen"]).to_pylist())
    return sorted(set(held) & named)
