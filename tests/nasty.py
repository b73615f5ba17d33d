"""Texts that somebody could give as a name, a reason or a title to do more than to be read; every page is tried with
them."""

from __future__ import annotations

NAMES = (
    '<img src=x onerror="alert(1)">',
    '=HYPERLINK("http://evil.example","pay")',
    "+1",
    "-1+1|cmd",
    "@SUM(A1)",
    "\t=1",
    "\r\n=1",
    "[here](http://evil.example) :material/warning: $x$",
    "job\u202egnp.exe",
    "ad\u200bmin",
    "\ufeffroot",
    "a\u2066b\u2069",
    "first\nforged second line",
    "\x1b[2Jcleared",
    "a\x00b",
)
HIDDEN = frozenset("\u202e\u200b\ufeff\u2066\u2069\x1b\x00")

# Everything at once, and milder ones for places that refuse what is not seen, or a second line.
WORST = (
    '=cmd()|<img src=x onerror="alert(1)"> [here](http://evil.example) **bold** :material/warning: $x$'
    " job\u202egnp.exe ad\u200bmin \ufeffroot a\u2066b\u2069 \x1b[2Jend\n\n# forged\n\n<script>alert(2)</script>"
)
ONE_LINE = WORST.partition("\n")[0].replace("\x1b", "")
SEEN = "".join(mark for mark in ONE_LINE if mark not in HIDDEN)
SHORT = '=cmd()|<img src=x onerror="alert(1)"> [here](http://evil.example) :red[x]'
EVERY = (WORST, ONE_LINE, SEEN, SHORT, "=<img src=x> [here](http://evil.example)")
