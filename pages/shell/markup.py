"""Text that came from outside, made safe for HTML and for Streamlit's markdown. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from html import escape
from typing import Any

from pages.shell import words
from pages.shell.words import Calendar

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&])")
# Marks that are not seen and change what is: the direction of the text after them, or where a name seems to end.
# Joiners and the marks of right-to-left writing stay, as names of some languages are written with them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f\ufeff]")
# With which a spreadsheet begins a formula; a table of ours can be downloaded as CSV.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def literal(text: str) -> str:
    """`text` as Streamlit's markdown shows it letter for letter: no bold, no link, no icon, no formula, one line."""
    return _MARKDOWN.sub(r"\\\1", seen(" ".join(text.split())))


def html(text: str) -> str:
    """`text` as HTML shows it letter for letter, also inside a quoted attribute."""
    return escape(seen(text), quote=True)


def seen(text: str) -> str:
    """`text` with a sign (U+FFFD) for each mark that would reorder or hide something."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)


def apart(names: Collection[str]) -> Callable[[str], str]:
    """How each of `names` is written in a list to choose from: as `seen`, and with a number where several would look
    alike. Streamlit finds what was chosen by the words that were shown, so of such it would take the last."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(seen(name), []).append(name)
    numbered = {
        name: f"{shown} ({number} of {len(same)})"
        for shown, same in alike.items()
        for number, name in enumerate(same, 1)
        if len(same) > 1
    }
    return lambda name: numbered.get(name, seen(name))


def cell(text: str) -> str:
    """`text` for a table that can be downloaded as CSV: one line, and no formula for a spreadsheet (OWASP)."""
    kept = seen(" ".join(text.split()))
    return f"'{kept}" if kept.startswith(_FORMULA) else kept


def cells(table: Any) -> Any:
    """A data frame whose texts are each as `cell` writes them."""
    return table.map(lambda one: cell(one) if isinstance(one, str) else one)


def table(frame: Any, said: str) -> str:
    """A small data frame as an HTML table that `said` names, its texts letter for letter: for a page that has several,
    as the cells of two of Streamlit's have the same ids."""
    head = "".join(f'<th scope="col">{html(str(name))}</th>' for name in frame.columns)
    rows = "".join(f"<tr>{''.join(_cell(one) for one in row)}</tr>" for row in frame.itertuples(index=False))
    inside = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    return (
        f'<div class="dl dl-table" role="region" tabindex="0" aria-label="{html(said)}"><table>{inside}</table></div>'
    )


def _cell(one: object) -> str:
    return f"<td>{html(one)}</td>" if isinstance(one, str) else f'<td class="num">{one:,}</td>'


def symbol(name: str) -> str:
    """An icon from the font in Streamlit's wheel; it says nothing that the words beside it do not."""
    return f'<span class="sym" aria-hidden="true">{html(name)}</span>'


def figure(amount: int, said: str | None = None) -> str:
    """A count people can read at a glance; where that rounds, the exact one is on hover."""
    short = said or words.number(amount)
    if words.exact(amount) in short:
        return f'<span class="num">{short}</span>'
    return f'<abbr class="num" title="exactly {words.exact(amount)}">{short}</abbr>'


def time(at: int, said: str) -> str:
    """An instant as `said`, with the exact one on hover."""
    return f'<time datetime="{words.utc(at)[:26].replace(" ", "T")}Z" title="{words.utc(at)}">{html(said)}</time>'


def when(calendar: Calendar, at: int, *, place: bool = False, starts: bool = False) -> str:
    """The instant on the reader's clock; `starts` a line, with a capital."""
    said = calendar.when(at, place=place)
    return time(at, said[0].upper() + said[1:] if starts else said)


def answer(headline: str, detail: str = "", *, tone: str = "plain", icon: str = "check_circle") -> str:
    """The sentence that answers the page's question. `tone`: plain, attention, alarm. `detail` is HTML already."""
    below = f"<p>{detail}</p>" if detail else ""
    return f'<div class="dl dl-answer dl-{tone}">{symbol(icon)}<div><h1>{html(headline)}</h1>{below}</div></div>'
