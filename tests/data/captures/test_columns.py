"""The Parquet form of a segment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from data.captures import columns

ROOT = Path(__file__).parents[3]

# Run in a process of its own, where nothing has used Arrow's threads before.
OPENING = """
import os, sys
from data.captures import columns
content = sys.stdin.buffer.read()
before = len(os.listdir("/proc/self/task"))
columns.unpack(content)
print(len(os.listdir("/proc/self/task")) - before)
"""


def test_opening_a_segment_leaves_no_thread_that_could_end_the_process_badly() -> None:
    content = columns.pack(columns.SCHEMA.empty_table())
    done = subprocess.run([sys.executable, "-c", OPENING], cwd=ROOT, input=content, capture_output=True, timeout=120)
    assert done.stdout.decode().strip() == "0", done.stderr
