"""The invented company is the same each time, and its people could be people."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from data import instants
from data.captures.schema import SCHEMA, Kind
from data.connectors import activitywatch
from tests.demo import captures, company, generate, history
from tests.demo.captures import Recorded

UNTIL = instants.parse("2026-11-23T18:00:00")
AMARA = company.named("Amara Okafor")


@pytest.fixture(scope="module")
def amara() -> Recorded:
    return captures.record(AMARA, UNTIL, generate.SEED)


def of_kind(recorded: Recorded, kind: Kind) -> Any:
    """The rows of one kind as a DataFrame."""
    frame = recorded.table.to_pandas()
    return frame[frame.kind == kind.value]


def written(folder: Path, seed: int = 7) -> dict[str, str]:
    """Digest of each file that a small generation writes."""
    generate.write_roster(folder, company.people())
    generate.write_accesses(folder, company.people(), UNTIL, seed)
    for name in ("Amara Okafor", "Hana Kobayashi"):
        generate.write_captures(folder, company.named(name), UNTIL, seed, 0.1)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    first, again, other = (tmp_path / name for name in ("first", "again", "other"))
    for folder in (first, again, other):
        folder.mkdir()
    assert written(first) == written(again)
    assert written(first) != written(other, seed=8)


def test_the_company_is_sixty_people_in_four_departments() -> None:
    everybody = company.people()
    assert len(everybody) == len({one.email for one in everybody}) == len({one.subject for one in everybody}) == 60
    assert len({one.department for one in everybody}) == 4
    assert {one.site.jurisdiction for one in everybody} == {"UK", "DE", "PT", "US-CA"}
    assert Counter(role for one in everybody for role in one.roles) == {"officer": 2, "organizer": 1, "auditor": 1}
    assert all(one.email.isascii() and "'" not in one.email for one in everybody)


def test_managers_are_on_the_roster_and_lead_to_one_person() -> None:
    everybody = {one.email: one for one in company.people()}
    for one in everybody.values():
        steps, above = 0, one
        while company.manager(above):
            above, steps = everybody[company.manager(above)], steps + 1
            assert steps < 4
        assert above.name == "Helena Vasconcelos"


def test_a_recording_has_the_capture_schema_in_ascending_time_and_nothing_from_the_future(amara: Recorded) -> None:
    assert amara.table.schema == SCHEMA
    times = amara.table.column("at").to_pylist()
    assert times == sorted(times)
    assert times[-1] < UNTIL
    assert UNTIL - 61 * instants.DAY < times[0] < UNTIL - 57 * instants.DAY


def test_days_begin_in_the_morning_pause_at_noon_and_spare_most_weekends(amara: Recorded) -> None:
    local = [instants.moment(at).astimezone(AMARA.site.zone) for at in amara.table.column("at").to_pylist()]
    hours = Counter(one.hour for one in local)
    weekend = sum(one.weekday() >= 5 for one in local)
    assert sum(hours[hour] for hour in (0, 1, 2, 3, 4, 5, 22, 23)) < len(local) * 0.02
    assert hours[12] < hours[11] * 0.8
    assert hours[10] > 0 and hours[15] > 0
    assert weekend < len(local) * 0.1
    assert len({one.date() for one in local}) > 30


def test_keys_go_down_and_up_in_pairs_and_can_be_read_as_sentences(amara: Recorded) -> None:
    keys = of_kind(amara, Kind.KEY)
    down, up = keys[keys.down.astype(bool)], keys[~keys.down.astype(bool)]
    assert len(down) == len(up) > 10_000
    assert "git commit -m 'Fix the" in "".join(down.text.astype(str)).replace("space", " ")
    assert Counter(up.text) == Counter(down.text)


def test_every_kind_a_laptop_sends_is_there_and_every_event_names_its_device(amara: Recorded) -> None:
    kinds = Counter(amara.table["kind"].to_pylist())
    assert set(kinds) == set(Kind) - {Kind.INPUT, Kind.OTHER}
    assert set(amara.table["device"].to_pylist()) == {"ThinkPad X1 LON-001"}
    assert kinds["click"] % 2 == 0


def test_clicks_cluster_on_the_screen_and_sentinels_occur(amara: Recorded) -> None:
    clicks = of_kind(amara, Kind.CLICK)
    cells = Counter(zip(clicks.x // 40, clicks.y // 40, strict=True))
    assert sum(count for _, count in cells.most_common(20)) > len(clicks) * 0.3
    assert clicks.x.max() < 1920 and clicks.x.min() < 0  # a second screen stands to the left
    assert (amara.table["x"].to_pandas() == 65535).any()


def test_screens_are_images_named_by_their_digest(amara: Recorded) -> None:
    referred = set(amara.table["screen"].drop_null().to_pylist())
    assert referred == set(amara.screens)
    assert len(referred) > 20
    for digest, image in amara.screens.items():
        assert hashlib.sha256(image).hexdigest() == digest
        assert image[:4] == b"RIFF" and image[8:12] == b"WEBP"


def test_one_person_has_a_second_collector_of_the_same_days(amara: Recorded, tmp_path: Path) -> None:
    generate.write_captures(tmp_path, AMARA, UNTIL, density=0.02)
    path = generate.write_export(tmp_path, AMARA, UNTIL)
    assert path is not None
    assert generate.write_export(tmp_path, company.named("Hana Kobayashi"), UNTIL) is None
    batches = [item for item in activitywatch.read(path).items if isinstance(item, pa.RecordBatch)]
    found = pa.Table.from_batches(batches).to_pandas()
    assert set(found.kind) == {Kind.INPUT, Kind.OTHER}
    assert set(found.device) == {"ThinkPad X1 LON-001"}
    assert (found["at"] + found.duration).max() < UNTIL
    windows = of_kind(amara, Kind.WINDOW)
    assert set(found[found.kind == Kind.OTHER]["at"]) <= set(windows["at"])


def test_somebody_new_has_nothing_and_a_silent_laptop_sent_nothing_lately(tmp_path: Path) -> None:
    assert generate.write_captures(tmp_path, company.named("Deepa Iyer"), UNTIL) is None
    silent = captures.record(company.named("Kwame Mensah"), UNTIL, generate.SEED, 0.1)
    assert silent.table["at"].to_pylist()[-1] < UNTIL - 10 * instants.DAY


def test_the_access_history_is_only_what_its_sources_recorded(tmp_path: Path) -> None:
    found = history.accesses(company.people(), UNTIL, generate.SEED)
    spans = history.coverage(UNTIL)
    for one in found:
        assert any(span.source == one.source and span.start <= one.at < (span.end or UNTIL) for span in spans)
        assert one.people
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert any(one.purpose == "none" and len(one.people) > 50 for one in found)
    assert any(one.purpose == "none" and one.people == (AMARA.email,) for one in found)
    assert {one.action for one in found} == {"train", "query", "read", "copy"}
    lines = generate.write_accesses(tmp_path, company.people(), UNTIL).read_text().splitlines()
    assert len([json.loads(line) for line in lines]) == len(found) + len(spans)
