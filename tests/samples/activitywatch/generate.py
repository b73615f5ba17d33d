"""Makes first.json and later.json: two exports of one real aw-server, the second after more was recorded.

Not run by the tests. It needs the real programs, in an environment of their own:
    uv venv /tmp/aw && uv pip install --python /tmp/aw/bin/python aw-server==0.12.0 aw-client==0.5.15 "peewee<3.18"
    /tmp/aw/bin/python tests/samples/activitywatch/generate.py
Times and content are fixed, so only `created` differs from run to run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

PORT = 9567
HERE = Path(__file__).parent
START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the night the clocks go back in Europe

Data = dict[str, Any]

WINDOWS: list[tuple[float, Data]] = [
    (0, {"app": "Firefox", "title": "Zürich – Übersicht — Mozilla Firefox"}),
    (1.0015, {"app": "Firefox", "title": "Zürich – Übersicht — Mozilla Firefox"}),
    (2, {"app": "Code", "title": "日本語.py — projekt 🦊"}),
    (3.25, {"app": "Terminal", "title": 'quote " backslash \\ newline \n tab \t'}),
    (3.25, {"app": "Terminal", "title": "at the very same time"}),
    (4, {"app": "Terminal", "title": ""}),
]
MORE_WINDOWS: list[tuple[float, Data]] = [
    (5, {"app": "Terminal", "title": ""}),
    (6, {"app": "Slack", "title": "# allgemein"}),
]


def event(seconds: float, duration: float, data: Data) -> Data:
    stamp = (START + timedelta(seconds=seconds)).isoformat()
    return {"timestamp": stamp, "duration": duration, "data": data}


def fill(client: Any, event_type: Any) -> None:
    """What the watchers would have sent until the first export."""
    client.create_bucket("aw-watcher-window_laptop-1", "currentwindow")
    for seconds, data in WINDOWS:
        client.heartbeat("aw-watcher-window_laptop-1", event_type(**event(seconds, 0, data)), pulsetime=2)
    buckets: dict[str, tuple[str, list[Data]]] = {
        "aw-watcher-afk_laptop-1": (
            "afkstatus",
            [event(0, 185.388, {"status": "not-afk"}), event(100, 300, {"status": "afk"})],  # overlapping
        ),
        "aw-watcher-input_laptop-1": (
            "os.hid.input",
            [
                event(
                    5 * n,
                    4.963976 + n / 1_000_000,
                    {"presses": n, "clicks": 1, "deltaX": 1186, "deltaY": 65535, "scrollX": 0, "scrollY": -3},
                )
                for n in range(4)
            ],
        ),
        "aw-watcher-web-firefox": (
            "web.tab.current",
            [
                event(1, 2.5, {"url": "https://beispiel.example/ä?q=1&r=2", "title": "Beispiel", "audible": False}),
                event(4, 1, {"url": "about:blank", "title": "", "audible": True, "incognito": True, "tabCount": 3}),
            ],
        ),
        "aw-watcher-vim_laptop-1": (
            "app.editor.activity",
            [event(2, 60, {"file": "/home/a/日記.md", "project": "tagebuch", "language": "markdown"})] * 2,  # twice
        ),
        "mystery_laptop-1": (
            "com.example.heart",
            [
                event(-3600, -1.5, {"nested": {"list": [1, 2.5, None, True], "half": "\ud83e"}}),
                event(9000, 0, {}),
            ],
        ),
        "empty_laptop-1": ("currentwindow", []),
    }
    for bucket, (kind, events) in buckets.items():
        client.create_bucket(bucket, kind)
        client.insert_events(bucket, [event_type(**one) for one in events])


def export(name: str) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/0/export") as answer:
        (HERE / name).write_bytes(answer.read())


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(HOME=home, XDG_DATA_HOME=home, XDG_CONFIG_HOME=home, XDG_CACHE_HOME=home)
        from aw_client import ActivityWatchClient  # pyright: ignore[reportMissingImports]  # not installed here
        from aw_core.models import Event  # pyright: ignore[reportMissingImports]  # not installed here

        server = subprocess.Popen(
            [sys.executable, "-m", "aw_server", "--testing", "--host", "127.0.0.1", "--port", str(PORT)]
        )
        try:
            time.sleep(4)
            client = ActivityWatchClient("generate", host="127.0.0.1", port=PORT, testing=True)
            client.client_hostname = "laptop-1"
            fill(client, Event)
            export("first.json")
            for seconds, data in MORE_WINDOWS:
                client.heartbeat("aw-watcher-window_laptop-1", Event(**event(seconds, 0, data)), pulsetime=2)
            client.insert_event("aw-watcher-afk_laptop-1", Event(**event(500, 10, {"status": "not-afk"})))
            export("later.json")
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
