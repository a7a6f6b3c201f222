"""When a finding is a known incident: same category, days at most one apart, centres near enough."""

import dataclasses
import datetime
import functools
import math
import unicodedata
import zoneinfo

DAY_TOLERANCE = datetime.timedelta(days=1)
CITY_KILOMETERS = 3.0
REGION_KILOMETERS = 50.0
EARTH_RADIUS_KILOMETERS = 6371.0088
WHOLE_AREA = "whole data set area"


def fold(text: str) -> str:
    """A keyword in the form in which keywords are compared: NFKC, case folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def parse_time(text: str) -> datetime.datetime:
    """An RFC 3339 time, aware."""
    time = datetime.datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)


@functools.lru_cache(maxsize=None)
def zone(name: str) -> zoneinfo.ZoneInfo:
    """A time zone by name, kept."""
    return zoneinfo.ZoneInfo(name)


def local_day(time: datetime.datetime, time_zone: str) -> datetime.date:
    """The day on which this time falls where the data are from."""
    return time.astimezone(zone(time_zone)).date()


def kilometers(one, other) -> float:
    """Great-circle distance of two (longitude, latitude) in degrees, by the haversine."""
    west, south, east, north = map(math.radians, (*one, *other))
    chord = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin((east - west) / 2) ** 2
    return 2 * EARTH_RADIUS_KILOMETERS * math.asin(min(1.0, math.sqrt(chord)))


@dataclasses.dataclass(frozen=True)
class Report:
    """One report: its time, (longitude, latitude) or None, whether the public sent it, its number in the stream."""

    time: datetime.datetime
    place: tuple[float, float] | None
    is_public: bool
    number: int


@dataclasses.dataclass(frozen=True)
class Incident:
    """One known incident; days are local, the centre is (longitude, latitude), the radius holds 80 % of its reports."""

    category: str
    place: str
    start: datetime.date
    end: datetime.date
    center: tuple[float, float]
    radius80_kilometers: float
    is_wide: bool
    peak_count: int = 0
    peak_expected: float = 0.0
    total_count: int = 0

    @staticmethod
    def from_truth(row: dict, is_wide: bool) -> "Incident":
        """An incident from a row of the truth files, whose centre is written latitude first."""
        latitude, longitude = row["center"]
        return Incident(row["category"], row["place"], datetime.date.fromisoformat(row["start"]),
                        datetime.date.fromisoformat(row["end"]), (longitude, latitude), row["radius80_km"], is_wide,
                        row["peak_count"], row["peak_expected"], row["total_count"])

    def reach_kilometers(self, is_city: bool) -> float:
        """How far a finding's centre may lie from this one's."""
        return CITY_KILOMETERS if is_city else max(REGION_KILOMETERS, 2 * self.radius80_kilometers)

    def line(self) -> str:
        """Category, place, days and counts in one line."""
        days = f"{self.start}" if self.start == self.end else f"{self.start}..{self.end}"
        return (f"{self.category} · {self.place} · {days} · peak {self.peak_count}, expected {self.peak_expected:g}, "
                f"total {self.total_count}")


@dataclasses.dataclass(frozen=True)
class Finding:
    """One episode or incident as `tocsin list` prints it; what a line lacks is None."""

    id: str | None
    keywords: tuple[str, ...]
    opened: datetime.datetime | None
    last: datetime.datetime | None
    first_seen: datetime.datetime | None
    alerted: datetime.datetime | None
    is_alert: bool
    place: tuple[float, float] | None
    is_whole_area: bool
    incident: str | None
    line: dict = dataclasses.field(compare=False, hash=False, default_factory=dict)

    @staticmethod
    def from_line(line: dict) -> "Finding":
        """A finding from a parsed line; a line that does not say `alert` is one (`--alerts` printed it)."""

        def time(*names):
            return next((parse_time(line[name]) for name in names if line.get(name)), None)

        coordinates = (line.get("location") or {}).get("coordinates")
        alert = line.get("alert")
        return Finding(line.get("id"), tuple(fold(word) for word in line.get("keywords") or ()),
                       time("openedAt", "windowStart", "firstSeenAt", "alertedAt"),
                       time("lastReportAt", "windowEnd", "firstSeenAt", "alertedAt"),
                       time("firstSeenAt"), time("alertedAt"), True if alert is None else bool(alert),
                       tuple(coordinates[:2]) if coordinates else None, bool(line.get("isWholeArea")),
                       line.get("incident"), line)

    def days(self, time_zone: str) -> tuple[datetime.date, datetime.date] | None:
        """The local days from the first report to the last report or the alert, whichever is later."""
        times = [time for time in (self.opened, self.last, self.alerted) if time]
        if not times:
            return None
        return local_day(self.opened or min(times), time_zone), local_day(max(times), time_zone)

    def alarm(self) -> datetime.datetime | None:
        """When it was said: the alert, or where that is not known the first rejection."""
        return self.alerted or self.first_seen


def is_same_word(one: str, other: str) -> bool:
    """Whether two words agree but for an ending, such as a stem and its word."""
    if one == other:
        return True
    shorter = min(len(one), len(other))
    shared = next((index for index in range(shorter) if one[index] != other[index]), shorter)
    return shorter >= 4 and shared >= max(3, shorter - 1)


def is_category(keyword: str, meanings: set[str], known: frozenset[str] | set[str] = frozenset()) -> bool:
    """Whether a folded keyword of a finding means a category.

    A keyword that the stream itself holds must equal one of the category's; another form (a stem) agrees word by word.
    """
    if keyword in meanings:
        return True
    if keyword in known:
        return False
    words = keyword.split()
    return any(len(words) == len(meaning.split()) and all(map(is_same_word, words, meaning.split()))
               for meaning in meanings)


def matches(finding: Finding, incident: Incident, meanings: set[str], known, time_zone: str, is_city: bool) -> bool:
    """The rule of the data's catalogue; a wide incident is also matched by a finding of the whole area."""
    if not any(is_category(keyword, meanings, known) for keyword in finding.keywords):
        return False
    days = finding.days(time_zone)
    if days is None or days[0] > incident.end + DAY_TOLERANCE or days[1] < incident.start - DAY_TOLERANCE:
        return False
    if incident.is_wide and finding.is_whole_area:
        return True
    return finding.place is not None and kilometers(finding.place, incident.center) <= incident.reach_kilometers(is_city)


def fifth_report(reports: list[Report], incident: Incident, time_zone: str, is_city: bool, count: int = 5):
    """When the fifth public report of the incident came: within its days and, if it is local, its reach; or None."""
    start = datetime.datetime.combine(incident.start, datetime.time(), zone(time_zone))
    end = datetime.datetime.combine(incident.end + DAY_TOLERANCE, datetime.time(), zone(time_zone))
    reach = incident.reach_kilometers(is_city)
    found = 0
    for report in reports:
        if not report.is_public or not start <= report.time < end:
            continue
        if not incident.is_wide and (report.place is None or kilometers(report.place, incident.center) > reach):
            continue
        found += 1
        if found == count:
            return report.time
    return None
