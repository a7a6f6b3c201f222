"""The real streams, what is known of them, and the bars that detection is to pass on each."""

import collections
import dataclasses
import gzip
import json
import pathlib
import tomllib

from matching import Incident, Report, fold, local_day, parse_time

STAFF_SOURCES = """
[[source]]
prefix = "boston311/employee-generated"
role = "staff"

[[source]]
prefix = "boston311/city-worker-app"
role = "staff"

[[source]]
prefix = "boston311/maximo-integration"
role = "staff"
"""
DEFAULT_FALSE_ALARMS_PER_DAY = 1 / 30
QUIET_EPISODES_PER_DAY = 0.6
QUIET_INCIDENTS_PER_DAY = 0.25
LARGEST_CLUSTER_SHARE = 0.02
SHUTOFF_INCIDENTS = 3
SHUTOFF_KEYWORDS = ("public safety power shutoff", "power outage")
SHUTOFF_DAYS = (("9 October", "2019-10-08", "2019-10-12"), ("23 October", "2019-10-23", "2019-10-25"),
                ("26 October", "2019-10-26", "2019-10-29"))


@dataclasses.dataclass(frozen=True)
class DataSet:
    """One stream: its file's stem, its profile, its kind of area, and its bars.

    `documented`, `wide`, `local` are the least numbers of incidents to find; `delay_hours` is the largest median
    delay; None where nothing is asked. `synonyms` maps a category of the truth to the keyword that means it.
    """

    name: str
    stem: str
    profile: str
    is_city: bool = False
    settings: str = ""
    documented: int | None = None
    wide: int | None = None
    local: int | None = None
    delay_hours: float | None = None
    is_quiet: bool = False
    time_zone: str = "UTC"
    synonyms: tuple[tuple[str, str], ...] = ()
    staff: tuple[str, ...] = ()


DATA_SETS = (
    DataSet("boston", "boston311_2015", "city", is_city=True, settings=STAFF_SOURCES, documented=7, wide=17, local=18,
            delay_hours=3, time_zone="America/New_York",
            staff=tuple(rule["prefix"] for rule in tomllib.loads(STAFF_SOURCES)["source"])),
    DataSet("pge", "pge_outages_2019H2", "region", documented=10, wide=17, local=18, delay_hours=3,
            time_zone="America/Los_Angeles", synonyms=(("all causes", "power outage"),)),
    DataSet("nsw", "nsw_rfs_2019Dec_2020Mar", "region", documented=7, wide=7, local=18, delay_hours=6,
            time_zone="Australia/Sydney"),
    DataSet("tornado", "tornado_2005_2010", "storm", documented=27, wide=17, local=18, delay_hours=3,
            time_zone="America/Chicago"),
    DataSet("oklahoma", "quakes_oklahoma_1973_2016", "quake", documented=10, wide=16, local=18, delay_hours=3),
    DataSet("yellowstone", "quakes_yellowstone_2008_2022", "quake", documented=12, wide=17, local=18, delay_hours=6),
    DataSet("nyc", "nyc_crashes_2023Jan", "city", is_city=True, is_quiet=True, time_zone="America/New_York"),
)


def event_file(data: pathlib.Path, data_set: DataSet) -> pathlib.Path:
    """Where the stream of a data set lies."""
    return data / "events" / f"{data_set.stem}.ndjson.gz"


def read_events(path: pathlib.Path):
    """The events of a stream, as dictionaries, in the file's order."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


class Stream:
    """The reports of a stream by folded keyword, in time order; memory is linear in reports × keywords."""

    def __init__(self, data_set: DataSet, events):
        self.by_keyword: dict[str, list[Report]] = collections.defaultdict(list)
        self.count = 0
        first = last = None
        for event in events:
            time = parse_time(event["time"])
            first = time if first is None or time < first else first
            last = time if last is None or time > last else last
            place = (event["data"].get("location") or {}).get("coordinates")
            is_public = not event["source"].startswith(data_set.staff) if data_set.staff else True
            report = Report(time, tuple(place[:2]) if place else None, is_public, self.count)
            self.count += 1
            for keyword in {fold(word) for word in event["data"].get("keywords") or []}:
                self.by_keyword[keyword].append(report)
        for reports in self.by_keyword.values():
            reports.sort(key=lambda report: (report.time, report.number))
        self.first_day = local_day(first, data_set.time_zone) if first else None
        self.days = (local_day(last, data_set.time_zone) - self.first_day).days + 1 if first else 0

    def same_keywords(self, keyword: str, least: float = 0.98) -> set[str]:
        """The keywords whose reports are, but for a fiftieth, the reports of this one (a type and its only group)."""
        own = {report.number for report in self.by_keyword.get(keyword, ())}
        found = {keyword}
        for other, reports in self.by_keyword.items():
            if least * len(own) <= len(reports) <= len(own) / least:
                shared = sum(report.number in own for report in reports)
                if shared >= least * (len(own) + len(reports) - shared):
                    found.add(other)
        return found


@dataclasses.dataclass
class Truth:
    """What is known of a data set: documented, wide and local incidents; the local time zone."""

    documented: list[Incident]
    wide: list[Incident]
    local: list[Incident]

    def all(self) -> list[Incident]:
        """Every listed incident once, in the order of the lists."""
        return list(dict.fromkeys(self.documented + self.wide + self.local))


def read_truth(data: pathlib.Path, data_set: DataSet) -> Truth:
    """Read the two lists of a data set and its documented incidents.

    The documented list names some incidents of Boston twice, with the staff's reports and without: the later, public
    entry stands.
    """
    own = data / "truth" / f"{data_set.stem}.json"
    lists = json.loads(own.read_text()) if own.exists() else {}
    reference = json.loads((data / "truth" / "reference_incidents.json").read_text())
    documented = {}
    for row in reference["must_find"]:
        if row["data_set"] == data_set.stem:
            key = (row["level"], row["category"], row["place"], row["known_event"])
            documented.pop(key, None)
            documented[key] = Incident.from_truth(row, is_wide=row["level"] == "wide")
    return Truth(list(documented.values()),
                 [Incident.from_truth(row, is_wide=True) for row in lists.get("wide_top20", [])],
                 [Incident.from_truth(row, is_wide=False) for row in lists.get("local_top20", [])])


def categories(data_set: DataSet, stream: Stream, category: str) -> set[str]:
    """The folded keywords that mean a category of the truth in this stream."""
    folded = fold(category)
    return stream.same_keywords(fold(dict(data_set.synonyms).get(folded, folded)))
