"""What a comparison of a kept checkpoint with today's log shows, and how to run a witness, in words. Pure."""

from __future__ import annotations

from data.proofs.comparing import Compared, Verdict
from pages.shell import markup, words

WHAT = (
    "Paste a checkpoint that you took with you, or the whole text of a receipt: from a month ago, from a colleague, "
    "from a printed report. Whoever rewrites the log cannot make it lead on from what somebody kept outside."
)
DOUBT = (
    "This page is the operator’s program. Whoever does not believe it compares without it: "
    "`python verify.py RECEIPT --against CHECKPOINT --tiles ADDRESS/log/` with "
    "[verify.py](/log/verify.py), one file that needs nothing else of Daylight."
)
WITNESS = (
    "Whoever administers the database and the keyring could write the whole history anew and sign it again. A witness, "
    "on a machine that is not the operator’s, remembers what it saw and refuses a log that does not lead on.\n\n"
    "1. On that machine, with Daylight’s source and Python: `python -m data witness init --store var/witness --name "
    "works-council`. It prints the witness’s own key.\n"
    "2. `python -m data witness trust KEY --store var/witness`, where KEY is the log’s key below.\n"
    "3. `python -m data witness serve --store var/witness --port 8620`, behind a web server with a certificate.\n"
    "4. Have the operator set its address and key in `DAYLIGHT_WITNESSES`. Soon it cosigns, and stands here.\n"
    "5. Tell everybody the witness’s key by another way than this app: in a letter, on a notice board."
)


def verdict(found: Compared) -> str:
    """What came of it, as HTML."""
    kept, now = (words.count(one, "entry", "entries") for one in (found.size, found.now))
    match found.verdict:
        case Verdict.LEADS_ON:
            look = " The look in the receipt is in it, as you were shown it." if found.is_receipt else ""
            shown = f"{words.count(found.hashes, 'hash', 'hashes')} of a consistency proof show it."
            below = f"Nothing of what you kept was changed, moved or taken out.{look} {shown}"
            said = f"The log of today, {now}, begins with the {kept} that you kept."
            return markup.answer(said, markup.html(below), icon="verified")
        case Verdict.CHANGED:
            below = (
                f"This log’s own key signed the {kept} that you kept, and today’s {now} do not begin with them. Keep "
                "what you have: together with the log of today it proves that history was changed. Tell the auditor "
                "and the other organizers."
            )
            return markup.answer("The history was changed.", markup.html(below), tone="alarm", icon="report")
        case Verdict.SHORTER:
            below = (
                f"This log’s own key signed the {kept} that you kept, and today it holds no more than {now}: it was "
                "put back to an older state, and looks are gone. Keep what you have, and tell the auditor."
            )
            return markup.answer("The log is shorter than it was.", markup.html(below), tone="alarm", icon="report")
        case Verdict.UNSIGNED:
            below = (
                "It is another log’s, it was altered on the way (paste all of it, with the empty line and what "
                "follows), or this log has another key today than then. If you know that the key was its own, tell the "
                "auditor."
            )
            said = "What you pasted is not signed by this log’s key."
            return markup.answer(said, markup.html(below), tone="attention", icon="help")


def key(text: str | None) -> str:
    """The log's key, for a witness. Markdown."""
    return "The log has no key yet." if text is None else f"The log’s key: `{text}`"
