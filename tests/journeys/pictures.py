"""The pictures of the README, taken of the demo: `python -m tests.journeys.pictures [FOLDER]`.

Loads the whole invented company (half a minute), opens each page as its reader and writes FOLDER/NAME.png, 1280x800,
with few enough colours to stay small. FOLDER is tests/journeys/pictures unless another is named.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from data import instants
from tests.browser import QUIET, Visit, settle
from tests.demo import company, loading, processes
from tests.demo.site import open_site

# Which file: whose page, and light or dark.
PICTURES = {
    "overview-light": ("Amara Okafor", "", "light"),
    "captures-light": ("Amara Okafor", "captures", "light"),
    "accesses-light": ("Amara Okafor", "accesses", "light"),
    "requests-light": ("Lukas Brandt", "requests", "light"),
    "programme-light": ("Amara Okafor", "programme", "light"),
    "queue-light": ("Ingrid Solheim", "queue", "light"),
    "conduct-light": ("Tomasz Wiśniewski", "conduct", "light"),
    "controls-light": ("Tomasz Wiśniewski", "controls", "light"),
    "log-dark": ("Zoë Marchand", "log", "dark"),
}
_COLOURS = 96


def take(visit: Visit) -> None:
    """Every picture, into the folder of `visit`."""
    for name, (who, path, scheme) in PICTURES.items():
        options: dict[str, Any] = {"color_scheme": scheme}
        page = visit(who, path, **options)
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        page.wait_for_load_state("networkidle")
        settle(page)
        shrink(visit.shoot(page, name))
        page.context.close()
    visit.contexts.clear()


def shrink(path: Path) -> None:
    """The same picture with a palette of its own."""
    with Image.open(path) as whole:
        small = whole.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def main(folder: Path) -> None:
    """Load, serve, take them all."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        store, logs = Path(place) / "store", Path(place) / "log"
        loading.load(store, company.people(), until=instants.now())
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=[*QUIET]
        )
        with open_site(store, logs, processes.free_port(), processes.free_port()) as site:
            take(Visit(browser, site, folder))
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pictures")
