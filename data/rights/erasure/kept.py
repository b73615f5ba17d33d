"""What an erasure takes of a person and what it never takes, table by table, each with its reason. Pure.

A test holds this against the tables themselves: one that carries a person's number and is named nowhere here fails it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """Something that stays: what it is and why, as its person reads it, and the tables that hold it."""

    what: str
    why: str
    tables: tuple[str, ...]


# Each row of these that is about the person goes, when everything is erased.
GONE = frozenset(
    {
        "segments",
        "screens",
        "displays",
        "devices",
        "capture_days",
        "capture_apps",
        "capture_clicks",
        "capture_devices",
        "capture_labels",
        "exports",
        "export_parts",
        "screen_marks",
        "quarantine",
        "refused_in_pauses",
    }
)

KEPT = (
    Kept(
        "Who opened your data, and when",
        "It is your proof of what others did with it, and nobody may take that out: not them, and not us. It says who"
        " looked and why; it holds nothing that was captured.",
        ("access_entries", "access_details", "access_people", "access_listed", "access_tags", "access_explanations"),
    ),
    Kept(
        "The newest state of the log of looks that you saw",
        "A log that was rewritten does not lead on from what you saw.",
        ("access_pins",),
    ),
    Kept(
        "What you were told about looks",
        "So that you are told once, and can read it again.",
        ("notices", "notice_post", "alarm_choices"),
    ),
    Kept(
        "Your requests, and what was decided and done about each",
        "You may need them to show what you asked for and when, and we must show that we answered in time"
        " (GDPR Article 5(2)). What exactly you asked for is kept sealed.",
        ("requests", "request_events"),
    ),
    Kept(
        "Your objections and restrictions",
        "So that they go on standing: what you object to is refused after a deletion too. What they reach is sealed.",
        ("standing_rules",),
    ),
    Kept(
        "How much was captured of you that no notice had promised, and how much was deleted because its time was over",
        "Both are your proof of what the programme did. They count captures, and hold nothing of them.",
        ("drift_people", "retention_people"),
    ),
    Kept(
        "Which copies of your captures left Daylight, and what became of each",
        "Whoever holds a copy has to erase it too; with this we hold them to it, and you read what they answered.",
        ("copy_people", "copy_tasks"),
    ),
    Kept("The certificate of each deletion", "It is your proof that it was done.", ("certificates",)),
    Kept(
        "Which kinds, apps and times were deleted, and the same as a tombstone beside the keyring",
        "So that the same captures are refused when an old file brings them again, and deleted again when a backup"
        " brings them back. It holds nothing that was captured, and is sealed.",
        ("refusals",),
    ),
    Kept(
        "The numbers of your destroyed keys, without the keys",
        "So that no number is ever given twice, and it can be shown when each key was destroyed.",
        ("person_keys",),
    ),
    Kept(
        "Which of your devices report whether they capture, and when each said so",
        "So that it can be shown whether a pause was obeyed. It holds nothing that was captured.",
        ("device_enrolments", "heartbeats", "device_steps"),
    ),
    Kept(
        "How many captures each import refused; of a file of which something may be left also its digest, how much it"
        " added, and from when to when",
        "The company has to count what it was sent and should not have had; what they were was never kept. By the"
        " digest the same file is known when it comes again.",
        ("imports",),
    ),
    Kept(
        "Your name, e-mail address, department, roles and sign-ins, and what you had corrected of these",
        "They come from your employer's roster, not from the programme, and without them you could not sign in and"
        " see this. They end when you leave the roster, or with your session.",
        ("people", "grants", "sessions", "roster_corrections"),
    ),
)
