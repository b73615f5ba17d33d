"""A privacy notice of the programme: what people are told is captured of them, what for, and how long it is kept. Pure.

Source: GDPR Art. 13(1)(c), 13(2)(a) and 14(1)(d): purposes and legal basis, categories of data, how long they are kept.
Acknowledging one is not consent (Art. 4(11)): it says only that it was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from data.accesses.entry import Purpose

# A field of a capture as a notice names it: the columns of the capture schema that hold it, and what it is in words.
# When something happened and of which kind it is is what makes it a capture: nobody has to promise that.
FIELDS: Mapping[str, tuple[tuple[str, ...], str]] = MappingProxyType(
    {
        "app": (("app",), "which app was in front"),
        "title": (("title",), "window titles"),
        "text": (("text",), "what was typed"),
        "press": (("down",), "whether something was pressed or released"),
        "button": (("button",), "which mouse button"),
        "position": (("x", "y"), "where on the screen"),
        "scroll": (("dx", "dy"), "how far was scrolled"),
        "duration": (("duration",), "how long something lasted"),
        "device": (("device",), "which device it was"),
        "picture": (("screen",), "pictures of the screen"),
        "details": (("value",), "whatever else the collector sends"),
    }
)
# How the kinds of captures are called in a sentence.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "pointer": "mouse movements",
        "click": "clicks",
        "scroll": "scrolling",
        "key": "keys",
        "window": "windows",
        "screen": "screens",
        "idle": "pauses",
        "input": "counts of input",
        "other": "other captures",
    }
)


@dataclass(frozen=True)
class Promise:
    """Captures of `kind` hold `fields` (keys of FIELDS) and are kept for `days`."""

    kind: str
    fields: frozenset[str]
    days: int

    @property
    def plain(self) -> str:
        """What it is about, in plain words."""
        return KINDS[self.kind]


@dataclass(frozen=True)
class PrivacyNotice:
    """What is promised. `apps`: the only ones in which anything is captured; None: in any app."""

    title: str
    text: str
    legal_basis: str
    purposes: tuple[Purpose, ...]
    apps: frozenset[str] | None
    promises: tuple[Promise, ...]

    def of_kind(self, kind: str) -> Promise | None:
        """What is promised of a kind; None: that it is not captured."""
        return next((one for one in self.promises if one.kind == kind), None)

    def promises_app(self, name: str) -> bool:
        """Whether captures in an app of this name, in any case, are promised."""
        return self.apps is None or name.casefold() in {one.casefold() for one in self.apps}

    def as_json(self) -> dict[str, Any]:
        """A JSON object that `of` reads back."""
        kinds = {one.kind: {"fields": sorted(one.fields), "days": one.days} for one in self.promises}
        return {
            "title": self.title,
            "text": self.text,
            "legal_basis": self.legal_basis,
            "purposes": [one.value for one in self.purposes],
            "apps": "any" if self.apps is None else sorted(self.apps),
            "kinds": kinds,
        }

    @staticmethod
    def of(value: Mapping[str, Any]) -> PrivacyNotice:
        """What `as_json` wrote."""
        said: Mapping[str, Any] = value["kinds"]
        kinds = {kind: said[kind] for kind in KINDS if kind in said}
        return PrivacyNotice(
            value["title"],
            value["text"],
            value["legal_basis"],
            tuple(Purpose(one) for one in value["purposes"]),
            None if value["apps"] == "any" else frozenset(value["apps"]),
            tuple(Promise(kind, frozenset(one["fields"]), one["days"]) for kind, one in kinds.items()),
        )


@dataclass(frozen=True)
class Matter:
    """Something that is captured and may have been promised, or not: a `kind`, a `field` of one, or an `app`."""

    kind: str = ""
    field: str = ""
    app: str = ""

    @property
    def sort(self) -> str:
        """Which of the three: "kind", "field" or "app"."""
        return "app" if self.app else "field" if self.field else "kind"

    @property
    def plain(self) -> str:
        """What it is, in plain words."""
        if self.app:
            return f"captures in {self.app}"
        return f"{FIELDS[self.field][1]}, with {KINDS[self.kind]}" if self.field else KINDS[self.kind]

    def is_promised(self, notice: PrivacyNotice) -> bool:
        """Whether the notice says that this is captured."""
        if self.app:
            return notice.promises_app(self.app)
        promise = notice.of_kind(self.kind)
        return promise is not None and (not self.field or self.field in promise.fields)


def differences(before: PrivacyNotice, after: PrivacyNotice) -> tuple[str, ...]:
    """What changes from one version to the next, a clause each, such as "keeps keys for 90 days instead of 30"."""
    old, new = ({one.kind: one for one in each.promises} for each in (before, after))
    said = [f"adds: {one.plain}, kept for {_days(one.days)}" for kind, one in new.items() if kind not in old]
    said += [f"no longer captures: {one.plain}" for kind, one in old.items() if kind not in new]
    for kind, one in new.items():
        if kind in old:
            was = old[kind]
            said += [f"adds {FIELDS[field][1]} to {one.plain}" for field in FIELDS if field in one.fields - was.fields]
            said += [f"drops {FIELDS[field][1]} of {one.plain}" for field in FIELDS if field in was.fields - one.fields]
            if one.days != was.days:
                said.append(f"keeps {one.plain} for {_days(one.days)} instead of {was.days}")
    said += _apps(before.apps, after.apps)
    said += [f"adds the purpose: {one.plain}" for one in after.purposes if one not in before.purposes]
    said += [f"drops the purpose: {one.plain}" for one in before.purposes if one not in after.purposes]
    if before.legal_basis != after.legal_basis:
        said.append("names another legal basis")
    if (before.title, before.text) != (after.title, after.text):
        said.append("is worded differently")
    return tuple(said)


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _apps(before: frozenset[str] | None, after: frozenset[str] | None) -> list[str]:
    if before == after:
        return []
    if after is None:
        return ["captures in any app, no longer in a few alone"]
    if before is None:
        return [f"captures only in: {', '.join(sorted(after))}"]
    more, fewer = sorted(after - before), sorted(before - after)
    said = [f"adds the apps: {', '.join(more)}"] if more else []
    return said + ([f"drops the apps: {', '.join(fewer)}"] if fewer else [])
