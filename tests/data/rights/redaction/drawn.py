"""Pictures of a screen for tests: noise, so that a pixel that moved or changed is seen, and captures around them."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import numpy as np
from PIL import Image

from data.captures import screens
from data.captures.recording import Screen
from data.database import Database
from data.people.viewer import Viewer
from data.rights import request
from data.rights.states import RequestKind
from data.sealing import keys
from data.sealing.vault import Vault
from tests.data.rights.holding import keep

WIDE, HIGH = 96, 64
CHAT, CODE = "Element", "Code"


def picture(seed: int, form: str = "PNG", mode: str = "RGB") -> bytes:
    """An image file of WIDE x HIGH that no other seed gives."""
    bands = len(mode)
    pixels = np.random.default_rng(seed).integers(1, 256, (HIGH, WIDE, bands), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels.squeeze()).save(out, form)
    return out.getvalue()


def read(data: bytes, mode: str = "RGB") -> np.ndarray:
    """The pixels of an image file, by another program than the one that blacks out."""
    return np.asarray(Image.open(io.BytesIO(data)).convert(mode))


def hold(database: Database, vault: Vault, person_id: int, data: bytes, media_type: str = "image/png") -> str:
    """Seal a picture; its digest."""
    screen = Screen(hashlib.sha256(data).hexdigest(), media_type, data)
    with database.writing() as session:
        key = keys.current(session, vault, person_id)
        screens.add(session, [screens.seal(vault, key, person_id, 1, screen)])
    return screen.digest


def shown(at: int, digest: str, **more: Any) -> dict[str, Any]:
    """A capture that shows a picture."""
    return {"at": at, "kind": "screen", "device": "laptop", "screen": digest, **more}


def window(at: int, app: str, title: str = "", **more: Any) -> dict[str, Any]:
    """A window that comes to the front."""
    return {"at": at, "kind": "window", "device": "laptop", "app": app, "title": title, **more}


def two(database: Database, vault: Vault, start: int, person_id: int = 1) -> tuple[str, str]:
    """The digests of two pictures a minute apart: while a chat was in front, and while code was."""
    first, second = (hold(database, vault, person_id, picture(10 * person_id + seed)) for seed in (1, 2))
    minute = 60_000_000
    rows = [window(start, CHAT, "Element | Rosa"), shown(start + minute, first)]
    rows += [window(start + 2 * minute, CODE, "tide.py"), shown(start + 3 * minute, second)]
    keep(database, vault, person_id, rows)
    return first, second


def ask(database: Database, vault: Vault, viewer: Viewer, person_id: int) -> int:
    """A request for a copy of everything."""
    with database.writing() as session:
        return request.open_request(session, viewer, vault, person_id, RequestKind.EXPORT).id
