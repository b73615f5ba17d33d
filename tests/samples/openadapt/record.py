"""Makes recorded/: a session that openadapt-capture really recorded, of a display that nobody sees.

Not run by the tests. Nothing in it is written by hand: Xvfb is the screen, a small form the program in use, xdotool the
person at mouse and keyboard, and the recorder watches them as it would watch anybody. It needs Xvfb and xdotool and an
environment of its own:
    uv venv /tmp/oa && uv pip install --python /tmp/oa/bin/python openadapt-capture==1.3.0 imageio-ffmpeg==0.8.1
    /tmp/oa/bin/python tests/samples/openadapt/record.py
"""
# The recorder is not installed where this project is checked.
# pyright: reportMissingImports=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tkinter
from pathlib import Path

FOLDER = Path(__file__).parent / "recorded"
SIZE = "480x300"
FORM = "Reisekosten – März 🦊"
NOTE = "Notiz"
# Only keys that the keyboard has: xdotool lends itself a key for any other, which stops the recorder.
WORK = [
    ["mousemove", "60", "45"],
    ["click", "1"],
    ["type", "--delay", "60", "Taxi 24,50"],
    ["key", "Tab"],
    ["type", "--delay", "60", "to the fair, and back"],
    ["mousemove", "200", "130"],
    ["click", "--repeat", "2", "--delay", "120", "1"],
    ["click", "5"],
    ["click", "4"],
    ["key", "ctrl+a"],
    ["mousemove", "420", "250"],
    ["click", "3"],
    ["mousedown", "1"],
    ["mousemove", "330", "220"],
    ["mouseup", "1"],
]


def desk() -> None:
    """The program in use: a form and, after two seconds, a note in front of it. Says which window is active."""
    import xcffib
    import xcffib.xproto

    connection = xcffib.connect()
    root = connection.get_setup().roots[0].root
    name = "_NET_ACTIVE_WINDOW"
    active = connection.core.InternAtom(False, len(name), name).reply().atom

    def show(window: tkinter.Tk | tkinter.Toplevel) -> None:
        """In front, and active: what a window manager would do and say."""
        window.lift()
        window.update()
        shown, title = int(window.frame(), 16), window.title().encode()
        replace, atom = xcffib.xproto.PropMode.Replace, xcffib.xproto.Atom
        connection.core.ChangeProperty(replace, shown, atom.WM_NAME, atom.STRING, 8, len(title), title)
        connection.core.ChangeProperty(replace, root, active, atom.WINDOW, 32, 1, [shown])
        connection.flush()

    form = tkinter.Tk(className="Form")
    form.title(FORM)
    form.geometry("300x200+10+10")
    for _ in range(2):
        tkinter.Entry(form).pack(padx=10, pady=12)
    note = tkinter.Toplevel(form)
    note.title(NOTE)
    note.geometry("140x90+320+190")
    tkinter.Label(note, text=NOTE).pack()
    form.focus_force()
    show(form)
    form.after(7000, lambda: show(note))
    form.mainloop()


def record(folder: Path, binary: str) -> None:
    """The recorder, told to keep everything it can: windows, and its screens as a video."""
    from openadapt_capture.recorder import Recorder

    program = subprocess.Popen([sys.executable, __file__, "desk"])
    time.sleep(1.5)  # the recorder is not ready before a window is active
    with Recorder(
        str(folder),
        task_description="Reisekosten",
        capture_video=True,
        capture_images=False,
        capture_audio=False,
        capture_window_data=True,
        ffmpeg_path=binary,
        screen_capture_fps=4,
    ) as recorder:
        if not recorder.wait_for_ready():
            sys.exit("the recorder did not become ready")
        for step in WORK:
            subprocess.run(["xdotool", *step], check=True)
            time.sleep(0.3)
        recorder.stop()
    program.terminate()
    program.wait()


def main() -> None:
    """Start the display, record, stop it."""
    import imageio_ffmpeg

    told, tells = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(tells), "-screen", "0", f"{SIZE}x24", "-nolisten", "tcp"], pass_fds=[tells]
    )
    try:
        os.environ["DISPLAY"] = f":{os.read(told, 16).decode().strip()}"
        with tempfile.TemporaryDirectory() as name:  # the recorder notes where it wrote
            record(Path(name) / "recorded", imageio_ffmpeg.get_ffmpeg_exe())
            shutil.rmtree(FOLDER, ignore_errors=True)
            shutil.copytree(Path(name) / "recorded", FOLDER)
    finally:
        screen.terminate()
        screen.wait()


if __name__ == "__main__":
    desk() if sys.argv[1:] == ["desk"] else main()
