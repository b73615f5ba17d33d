"""The pictures of the screen that belong to the captures of an export."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pyarrow.compute
from sqlalchemy.orm import Session

from data.captures import pictures
from data.captures import screens as stored_screens
from data.rights.export import pieces
from data.rights.export.pieces import PICTURES, File, Piece, Progress, Round, Source
from data.rights.export.zipped import Zip

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them


def screens(source: Source, progress: Progress) -> Iterator[Round]:
    """Every screen that the captures in scope refer to, as image files named by their SHA-256."""
    with source.database.reading() as session:
        names = deque(name for name in _screen_names(session, source, progress) if name > progress.last_screen)
        while names:
            writer = Zip(progress.stamp, progress.writers[PICTURES])
            body, files, size = bytearray(), list[File](), 0
            while names and size < pieces.BYTES:
                name = names.popleft()
                found = stored_screens.read(session, source.vault, source.person_id, name)
                image = f"screens/{name}{pictures.ending(found.media_type)}"
                data, ended = pieces.file(writer, image, found.data, packed=False)
                body += data
                files += ended
                size += len(data)
                progress = replace(progress, last_screen=name, screens=progress.screens + 1)
            number = progress.numbers[PICTURES]
            progress = pieces.moved(progress, PICTURES, writer)
            yield (Piece(PICTURES, number, bytes(body), tuple(files)),), progress


def _screen_names(session: Session, source: Source, progress: Progress) -> list[str]:
    held = stored_screens.listed(session, source.person_id)
    if source.scope.everything:
        return sorted(held)
    named = set[str]()
    for table in pieces.rows(session, source, replace(progress, cursor=None)):
        named.update(pc.unique(table["screen"]).to_pylist())
    return sorted(set(held) & named)
