"""Words for what people were told is captured: the privacy notice, what changed in it, who has read it. Pure."""

from __future__ import annotations

from data.programme import privacy_notice
from data.programme.privacy_notice import FIELDS, Promise
from data.programme.versions import Read, Register, Version
from pages.shell import markup, words
from pages.shell.words import Calendar

NOT_CONSENT = (
    "That you have read it is all that this says. It is no consent, and takes no right from you: you can object, or"
    " have it deleted, as before."
)


def standing(found: Register, calendar: Calendar) -> str:
    """Which version is in force, and which is to be, as HTML."""
    now, newest = found.at(calendar.now), found.newest
    altered = _altered(found.altered)
    if newest is None:
        said = "Nobody has told you what is captured, for how long, or on which legal basis: no notice was published."
        return _line(
            "help", said, f"The law wants that before anything is captured (GDPR, Articles 13 and 14).{altered}"
        )
    if now is None:
        starts = markup.when(calendar, newest.since, place=True)
        said = "No notice is in force yet, so what is captured now was promised by nobody."
        return _line("help", said, f"Version {newest.number} is in force from {starts}.{altered}")
    since = markup.when(calendar, now.since, place=True)
    said = f"Version {now.number} of the privacy notice is in force."
    below = f"Since {since}; entry {now.position} of the access log, so that nobody can change it unseen.{altered}"
    if newest.number != now.number:
        starts = markup.when(calendar, newest.since, place=True)
        below += f" Version {newest.number} takes its place from {starts}, and can be read below already."
    return _line("gavel" if not altered else "warning", said, below)


def notice(version: Version) -> str:
    """What one version says, as HTML."""
    it = version.notice
    apps = "in any app" if it.apps is None else f"only in {words.listed(sorted(it.apps, key=str.casefold))}"
    purposes = words.listed([one.plain for one in it.purposes])
    rows = "".join(_row(one) for one in it.promises)
    paragraphs = "".join(f"<p>{markup.html(one)}</p>" for one in it.text.split("\n\n") if one.strip())
    return (
        f'<div class="dl"><p><strong>Version {version.number}: {markup.html(it.title)}</strong></p>'
        f"<blockquote>{paragraphs}</blockquote></div>"
        f'<ol class="dl dl-rows">{rows}'
        f"<li><strong>Where</strong><div>{markup.html(apps[0].upper() + apps[1:])}</div></li>"
        f"<li><strong>What for</strong><div>{markup.html(purposes[0].upper() + purposes[1:])}</div></li>"
        f"<li><strong>Legal basis</strong><div>{markup.html(it.legal_basis)}</div></li></ol>"
    )


def changes(found: Register, version: Version) -> str:
    """What a version changed, as HTML; empty for the first."""
    before = found.before(version)
    if before is None:
        return ""
    items = "".join(f"<li>{markup.html(one)}</li>" for one in privacy_notice.differences(before.notice, version.notice))
    return (
        f'<div class="dl"><p><strong>Version {version.number}, unlike version {before.number}:</strong></p>'
        f"<ul>{items}</ul></div>"
    )


def earlier(found: Register, calendar: Calendar) -> str:
    """When each version was in force, newest first, as HTML."""
    rows = [
        f"<li><strong>Version {one.number}</strong><div>From {markup.when(calendar, since, place=True)}"
        f"{'' if end is None else f' until {markup.when(calendar, end, place=True)}'}"
        f'<br><span class="soft">Entry {one.position} of the access log</span></div></li>'
        for one, since, end in reversed(found.spans())
    ]
    return f'<ol class="dl dl-rows">{"".join(rows)}</ol>'


def read(found: Read | None) -> str:
    """How many people have read the newest version, for organizers, as HTML."""
    if found is None:
        return '<p class="dl">No privacy notice was published, so nobody was told what is captured.</p>'
    of = words.exact(found.of)
    said = f"{words.exact(found.people)} of {of} people have said that they read version {found.version} of the notice."
    return f'<p class="dl">{said} <span class="soft">Reading it is no consent.</span></p>'


def _row(one: Promise) -> str:
    held = words.listed([said for field, (_, said) in FIELDS.items() if field in one.fields])
    plain = markup.html(one.plain[0].upper() + one.plain[1:])
    told = markup.html(held[0].upper() + held[1:]) if held else "Only that it happened, and when"
    return (
        f"<li><strong>{plain}</strong><div>{told}"
        f'<br><span class="soft">Kept for {words.count(one.days, "day")}</span></div></li>'
    )


def _line(icon: str, said: str, below: str) -> str:
    return f'<div class="dl"><p>{markup.symbol(icon)} <strong>{said}</strong> {below}</p></div>'


def _altered(number: int) -> str:
    if not number:
        return ""
    return f" {words.count(number, 'version')} can no longer be read: what the log said of it was altered."
