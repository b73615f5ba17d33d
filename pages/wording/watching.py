"""The page for watching the programme, in words. Pure."""

from __future__ import annotations

from data.proofs.backing import Backing
from data.proofs.pins import Pin
from pages.shell import markup, words

REPORT = (
    "One page to print and hang up: the programme’s conduct, promises, incidents and alarms of a quarter, with the "
    "log’s signed head, so that whoever has the page can check later that history is still the same. It names nobody."
)


def headline(behind: Backing, pin: Pin | None) -> str:
    """Whether what the log was is still there, as far as this page can tell, as HTML."""
    if pin is not None and not pin.leads_on:
        below = markup.html("Below stands since when. Keep what you have saved, and tell the auditor.")
        return markup.answer("The history was changed since you looked last.", below, tone="alarm", icon="report")
    if behind.published is None:
        return markup.answer("The log has signed nothing yet.", tone="attention", icon="help")
    if not behind.witnesses:
        below = markup.html("A works council can run a witness, and everybody can keep checkpoints. How stands below.")
        said = "Nobody outside watches this log, so a history that was rewritten all at once would not be seen."
        return markup.answer(said, below, tone="attention", icon="visibility_off")
    failing = [one for one in behind.witnesses if one.problem is not None or one.last_size is None]
    if failing:
        said = f"Of {words.count(len(behind.witnesses), 'witness', 'witnesses')}, {words.exact(len(failing))} "
        said += f"{words.plural(len(failing), 'has', 'have')} not cosigned the log as it is now."
        return markup.answer(said, tone="attention", icon="help")
    names = words.listed([one.name for one in behind.witnesses])
    said = f"The log of who looked leads on from all that {names} saw of it."
    return markup.answer(said, markup.html("Compare what you kept yourself below."), icon="verified")
