"""What people of the stories type and are told: invented, all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data import instants
from data.accesses.entry import Purpose
from data.programme.privacy_notice import PrivacyNotice, Promise
from data.scenarios.company import PEOPLE

TYPED = "see you at the harbour"
_FIELDS = frozenset({"app", "device", "text", "title", "press"})
NOTICE = PrivacyNotice(
    title="What the work study captures",
    legal_basis="GDPR Article 6(1)(f): our interest in models that do office work",
    purposes=(Purpose.TRAINING,),
    apps=None,
    text="We capture how you work, to train models that do office work. There is no way to opt out.",
    promises=(Promise("key", _FIELDS, 180), Promise("window", _FIELDS, 180)),
)


def day(begins: int) -> list[Mapping[str, object]]:
    """An invented working day, up to now."""
    start = begins + 9 * instants.HOUR
    rows: list[Mapping[str, object]] = []
    for hour, (app, text) in enumerate((("Code", "def harbour"), ("Firefox", "tide tables"), ("Code", "return depth"))):
        rows += typed(start + hour * instants.HOUR, app, text)
    return rows + list(typed(start + 5 * instants.HOUR, "Element", TYPED))


def typed(at: int, app: str, text: str) -> list[Mapping[str, object]]:
    """Somebody goes to an app and types."""
    row: Mapping[str, object] = {"app": app, "title": f"{app} - harbour"}
    keys = (
        {**row, "at": instants.iso(at + (number + 1) * 200_000), "kind": "key", "down": True, "text": mark}
        for number, mark in enumerate(text)
    )
    return [{**row, "at": instants.iso(at), "kind": "window"}, *keys]


def rows(department: str) -> Sequence[tuple[str, str, str]]:
    """What a table of the warehouse holds."""
    return [(one.email, "Code", f"def harbour_{one.key}") for one in PEOPLE if one.department == department]
