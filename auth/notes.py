"""The few pages that are shown outside of the app itself: one title, one sentence, one way on."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
{refresh}<title>{title} · Daylight</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.0625rem/1.55 system-ui, sans-serif; max-width: 34rem; margin: 16vh auto 0; padding: 0 1.25rem; }}
h1 {{ font-size: 1.6rem; margin: 0 0 .5rem; }}
a, button {{ font: inherit; display: inline-block; margin: .75rem 1rem 0 0; padding: .5rem 1rem; cursor: pointer;
  color: inherit; background: none; border: 1px solid currentColor; border-radius: .5rem; text-decoration: none; }}
label {{ display: block; margin: .75rem 0; }} input, select {{ font: inherit; padding: .4rem; max-width: 100%; }}
</style></head><body><main><h1>{title}</h1><p>{sentence}</p>{ways}</main></body></html>"""


def note(
    title: str, sentence: str, ways: tuple[tuple[str, str], ...] = (), *, status: int = 200, onward: str = ""
) -> HTMLResponse:
    """A page of its own; `ways` are (words, address), `onward` an address the browser goes to by itself."""
    links = "".join(f'<a href="{escape(address)}">{escape(words)}</a>' for words, address in ways)
    return _page(title, sentence, links, status, onward)


def question(title: str, sentence: str, words: str, address: str) -> HTMLResponse:
    """A page with one button that posts to `address`, and a way back."""
    form = (
        f'<form method="post" action="{escape(address)}"><button>{escape(words)}</button><a href="/">Go back</a></form>'
    )
    return _page(title, sentence, form, 200, "")


def passwords(title: str, sentence: str, address: str, parts: int, least: int, most: int) -> HTMLResponse:
    """A page that asks for a new password twice, and for which of `parts` files, and posts both to `address`."""
    marks = f'type="password" required minlength="{least}" maxlength="{most}" autocomplete="new-password"'
    choices = "".join(f'<option value="{part}">Part {part} of {parts}</option>' for part in range(1, parts + 1))
    chosen = f'<label>Which file<br><select name="part">{choices}</select></label>' if parts > 1 else ""
    form = (
        f'<form method="post" action="{escape(address)}">{chosen}'
        f'<label>The password<br><input name="password" {marks}></label>'
        f'<label>The same again<br><input name="again" {marks}></label>'
        '<button>Download</button><a href="/requests">Go back</a></form>'
    )
    return _page(title, sentence, form, 200, "")


def _page(title: str, sentence: str, ways: str, status: int, onward: str) -> HTMLResponse:
    refresh = f'<meta http-equiv="refresh" content="0;url={escape(onward)}">\n' if onward else ""
    page = _PAGE.format(title=escape(title), sentence=escape(sentence), ways=ways, refresh=refresh)
    return HTMLResponse(page, status, {"cache-control": "no-store"})
