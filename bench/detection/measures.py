"""What is measured of one stream's findings against what is known of it."""

import datetime
import statistics

import datasets
from matching import Finding, Incident, Report, fifth_report, kilometers, local_day, matches

START_UP_DAYS = 30
CITY_HALL = (-71.0587, 42.3594)


class Evaluation:
    """The findings of one stream, held against its truth."""

    def __init__(self, data_set: datasets.DataSet, stream: datasets.Stream, truth: datasets.Truth,
                 episodes: list[Finding], incidents: list[Finding], clusters: list[dict]):
        self.data_set, self.stream, self.truth = data_set, stream, truth
        self.episodes = [episode for episode in episodes if episode.is_alert]
        self.incidents = [incident for incident in incidents if incident.is_alert]
        self.clusters = clusters
        self.known = set(stream.by_keyword)
        self.meanings = {category: datasets.categories(data_set, stream, category)
                         for category in {incident.category for incident in truth.all()}}
        self.reports = {category: self.of_category(keywords) for category, keywords in self.meanings.items()}
        self.matched: dict[Incident, list[Finding]] = {
            incident: [episode for episode in self.episodes
                       if matches(episode, incident, self.meanings[incident.category], self.known, data_set.time_zone,
                                  data_set.is_city)]
            for incident in truth.all()}

    def of_category(self, keywords: set[str]) -> list[Report]:
        """The reports of any of these keywords, each once, in time order."""
        reports = {report.number: report for keyword in keywords for report in self.stream.by_keyword.get(keyword, ())}
        return sorted(reports.values(), key=lambda report: (report.time, report.number))

    def delay_hours(self, incident: Incident) -> float | None:
        """Hours from the fifth report to the first matching alert, not below 0; None where either is missing."""
        alarms = [episode.alarm() for episode in self.matched[incident] if episode.alarm()]
        reports = self.reports[incident.category]
        fifth = fifth_report(reports, incident, self.data_set.time_zone, self.data_set.is_city)
        if not alarms or fifth is None:
            return None
        return max(0.0, (min(alarms) - fifth).total_seconds() / 3600)

    def carried(self, incident: Incident) -> bool:
        """Whether every matching alert came more than a day before the incident: an older episode that lasts."""
        alarms = [episode.alarm() for episode in self.matched[incident] if episode.alarm()]
        return bool(alarms) and all(
            local_day(alarm, self.data_set.time_zone) < incident.start - datetime.timedelta(days=1) for alarm in alarms)

    def summary(self) -> dict:
        """Every measure, in plain JSON types."""
        days = max(1, self.stream.days)
        found = [incident for incident in self.truth.all() if self.matched[incident]]
        late_after = self.data_set.delay_hours or 0
        by_incident = {incident: delay for incident in found if (delay := self.delay_hours(incident)) is not None}
        delays = list(by_incident.values())
        largest = max((cluster.get("reportCount") or 0 for cluster in self.clusters), default=0)
        true_ids = {id(episode) for hits in self.matched.values() for episode in hits}
        return {
            "name": self.data_set.name, "profile": self.data_set.profile, "days": days, "reports": self.stream.count,
            "documented": self.recall(self.truth.documented), "wide": self.recall(self.truth.wide),
            "local": self.recall(self.truth.local),
            "episodes": len(self.episodes), "episodesPerDay": len(self.episodes) / days,
            "incidents": len(self.incidents), "incidentsPerDay": len(self.incidents) / days,
            "episodesOfListedIncidents": len(true_ids),
            "largestClusterShare": largest / max(1, self.stream.count), "clusters": len(self.clusters),
            "medianDelayHours": statistics.median(delays) if delays else None, "delays": len(delays),
            "late": [f"{delay:.1f} h: {incident.line()}" for incident, delay in by_incident.items() if delay > late_after],
            "carried": [incident.line() for incident in found if self.carried(incident)],
            "longestEpisodeDays": max((self.span(episode) for episode in self.episodes), default=0),
            "shutoffs": self.shutoffs(), "cityHallEpisodes": self.city_hall(),
        }

    def recall(self, incidents: list[Incident]) -> dict:
        """How many of a list were found, and the lines of those that were not, the start-up ones marked."""
        missed = [incident for incident in incidents if not self.matched[incident]]
        return {"found": len(incidents) - len(missed), "of": len(incidents),
                "missed": [{"line": incident.line(), "isStartUp": self.is_start_up(incident),
                            "near": self.nearest(incident)} for incident in missed]}

    def is_start_up(self, incident: Incident) -> bool:
        """Whether it began while nothing could be raised yet."""
        return (incident.start - self.stream.first_day).days < START_UP_DAYS

    def nearest(self, incident: Incident) -> str | None:
        """Why it was missed: what was found of its category within its days, and how far away; or None."""
        meanings = self.meanings[incident.category]
        anywhere = [(kilometers(episode.place, incident.center), episode) for episode in self.episodes if episode.place
                    and matches(episode, incident_anywhere(incident), meanings, self.known, self.data_set.time_zone,
                                False)]
        if not anywhere:
            return None
        distance, episode = min(anywhere, key=lambda pair: pair[0])
        return f"{episode.id} {distance:.1f} km away, reach {incident.reach_kilometers(self.data_set.is_city):.0f}"

    def span(self, episode: Finding) -> int:
        """The days that an episode covers."""
        days = episode.days(self.data_set.time_zone)
        return (days[1] - days[0]).days + 1 if days else 0

    def shutoffs(self) -> dict[str, int] | None:
        """Incidents of the outage keywords in each of the three public safety shutoffs; None elsewhere."""
        if self.data_set.name != "pge":
            return None
        counts = {}
        for name, *bounds in datasets.SHUTOFF_DAYS:
            start, end = map(datetime.date.fromisoformat, bounds)
            counts[name] = sum(
                1 for incident in self.incidents if any(word in datasets.SHUTOFF_KEYWORDS for word in incident.keywords)
                and (span := incident.days(self.data_set.time_zone)) and span[0] <= end and span[1] >= start)
        return counts

    def city_hall(self) -> int | None:
        """Episodes whose centre is Boston's default geocode, which is no place; None elsewhere."""
        if self.data_set.name != "boston":
            return None
        return sum(1 for episode in self.episodes if episode.place and kilometers(episode.place, CITY_HALL) < 0.2)


def incident_anywhere(incident: Incident) -> Incident:
    """The same incident with a reach that holds the whole earth."""
    return Incident(incident.category, incident.place, incident.start, incident.end, incident.center, 20_100,
                    incident.is_wide)


def bars(data_set: datasets.DataSet, summary: dict) -> list[tuple[str, str, str, bool]]:
    """Each measure that has a bar: name, value, bar, passed."""
    rows = []
    for name in ("documented", "wide", "local"):
        least = getattr(data_set, name)
        if least is not None:
            part = summary[name]
            rows.append((name, f"{part['found']}/{part['of']}", f">={least}", part["found"] >= least))
    if data_set.is_quiet:
        rows.append(("episodes", str(summary["episodes"]), "0", summary["episodes"] == 0))
    rate, incidents = summary["episodesPerDay"], summary["incidentsPerDay"]
    rows.append(("episodes/day", f"{rate:.2f}", f"<={datasets.QUIET_EPISODES_PER_DAY}",
                 rate <= datasets.QUIET_EPISODES_PER_DAY))
    rows.append(("incidents/day", f"{incidents:.2f}", f"<={datasets.QUIET_INCIDENTS_PER_DAY}",
                 incidents <= datasets.QUIET_INCIDENTS_PER_DAY))
    if data_set.delay_hours is not None:
        delay = summary["medianDelayHours"]
        rows.append(("delay h", "-" if delay is None else f"{delay:.1f}", f"<={data_set.delay_hours:g}",
                     delay is not None and delay <= data_set.delay_hours))
    share = summary["largestClusterShare"]
    rows.append(("cluster", f"{share:.2%}", f"<={datasets.LARGEST_CLUSTER_SHARE:.0%}",
                 share <= datasets.LARGEST_CLUSTER_SHARE))
    for name, count in (summary["shutoffs"] or {}).items():
        rows.append((f"shutoff {name}", str(count), f"<={datasets.SHUTOFF_INCIDENTS}",
                     1 <= count <= datasets.SHUTOFF_INCIDENTS))
    return rows
