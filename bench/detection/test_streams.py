"""Tests of the evaluation with small made-up data: `python3 -m unittest` in this folder."""

import collections
import datetime
import gzip
import json
import pathlib
import random
import tempfile
import unittest
import unittest.mock

import datasets
import engine
import nulls
from matching import Finding, Incident, Report, fifth_report, fold, is_category, kilometers, matches, parse_time
from measures import Evaluation, bars
from streams import false_alarms_per_day

BOSTON = "America/New_York"


def incident(category="pothole", start="2015-03-10", end="2015-03-12", center=(-71.06, 42.36), radius=2.0, wide=False):
    return Incident(category, "somewhere", datetime.date.fromisoformat(start), datetime.date.fromisoformat(end), center,
                    radius, wide, 9, 0.5, 20)


def episode(**changes):
    line = {"id": "e", "kind": "episode", "keywords": ["pothole"], "openedAt": "2015-03-10T15:00:00Z",
            "lastReportAt": "2015-03-10T20:00:00Z", "alertedAt": "2015-03-10T18:00:00Z", "alert": True,
            "location": {"type": "Point", "coordinates": [-71.06, 42.36]}, "isWholeArea": False}
    line.update(changes)
    return Finding.from_line({name: value for name, value in line.items() if value is not None})


def is_match(found, known, is_city=True, meanings=frozenset({"pothole"})):
    return matches(found, known, set(meanings), {"pothole", "graffiti"}, BOSTON, is_city)


def degrees_north(kilometers_north):
    return kilometers_north / 111.195


class MatchTests(unittest.TestCase):
    def test_same_category_day_and_place(self):
        self.assertTrue(is_match(episode(), incident()))
        self.assertFalse(is_match(episode(keywords=["graffiti"]), incident()))
        self.assertTrue(is_match(episode(keywords=["graffiti", "Pothole"]), incident()))

    def test_keyword_forms(self):
        self.assertEqual(fold("  Street\u00a0LIGHT  Outage\ufb01 "), "street light outagefi")
        meanings = {"tree emergencies"}
        self.assertTrue(is_category("tree emergenc", meanings))
        self.assertFalse(is_category("tree", meanings))
        self.assertFalse(is_category("trees emergency", meanings, {"trees emergency"}), "the stream's own other keyword")
        self.assertFalse(is_category("m1", {"m2"}))

    def test_days_are_local_and_one_apart(self):
        # 03:30 UTC of the 14th is still the 13th in Boston: one day after the end.
        last_match = dict(openedAt="2015-03-14T03:30:00Z", lastReportAt="2015-03-14T03:40:00Z", alertedAt=None)
        self.assertTrue(is_match(episode(**last_match), incident()))
        too_late = dict(openedAt="2015-03-14T04:30:00Z", lastReportAt="2015-03-14T05:40:00Z", alertedAt=None)
        self.assertFalse(is_match(episode(**too_late), incident()))
        too_early = dict(openedAt="2015-03-08T15:00:00Z", lastReportAt="2015-03-09T03:00:00Z", alertedAt=None)
        self.assertFalse(is_match(episode(**too_early), incident()))
        # The alert's day counts too.
        self.assertTrue(is_match(episode(**{**too_early, "alertedAt": "2015-03-09T05:00:00Z"}), incident()))

    def test_city_reach_is_three_kilometers(self):
        for distance, expected in ((2.9, True), (3.1, False)):
            place = {"type": "Point", "coordinates": [-71.06, 42.36 + degrees_north(distance)]}
            self.assertEqual(is_match(episode(location=place), incident(radius=40)), expected)

    def test_region_reach_grows_with_the_radius(self):
        for distance, radius, expected in ((49, 2, True), (51, 2, False), (99, 50, True), (101, 50, False)):
            place = {"type": "Point", "coordinates": [-71.06, 42.36 + degrees_north(distance)]}
            self.assertEqual(is_match(episode(location=place), incident(radius=radius), is_city=False), expected)

    def test_whole_area_matches_wide_only(self):
        far = {"type": "Point", "coordinates": [-60.0, 42.36]}
        whole = episode(location=far, isWholeArea=True)
        self.assertTrue(is_match(whole, incident(wide=True)))
        self.assertFalse(is_match(whole, incident(wide=False)))
        self.assertFalse(is_match(episode(location=far), incident(wide=True)))
        self.assertTrue(is_match(episode(location=None, isWholeArea=True), incident(wide=True)))
        self.assertFalse(is_match(episode(location=None), incident(wide=True)))

    def test_members_that_lack(self):
        bare = Finding.from_line({"keywords": ["pothole"]})
        self.assertTrue(bare.is_alert)
        self.assertFalse(is_match(bare, incident(wide=True)))
        self.assertFalse(Finding.from_line({"alert": False}).is_alert)

    def test_distance(self):
        self.assertAlmostEqual(kilometers((0, 0), (0, 90)), 10007.557, places=2)
        self.assertAlmostEqual(kilometers((179.5, 0), (-179.5, 0)), 111.195, places=2)


class DelayTests(unittest.TestCase):
    def test_fifth_public_report_within_reach_and_days(self):
        day = parse_time("2015-03-10T10:00:00Z")
        reports = [Report(day - datetime.timedelta(days=1), (-71.06, 42.36), True, 0),
                   Report(day, (-71.06, 42.36), False, 1), Report(day, (-60.0, 42.36), True, 2), Report(day, None, True, 3)]
        reports += [Report(day + datetime.timedelta(minutes=minute), (-71.06, 42.36), True, 10 + minute)
                    for minute in range(6)]
        self.assertEqual(fifth_report(reports, incident(), BOSTON, True), day + datetime.timedelta(minutes=4))
        self.assertEqual(fifth_report(reports, incident(wide=True), BOSTON, True), day + datetime.timedelta(minutes=2))
        self.assertIsNone(fifth_report(reports[:8], incident(), BOSTON, True))


def event(number, time, keyword="pothole", place=(-71.06, 42.36), source="app"):
    return {"id": str(number), "source": source, "time": time, "subject": "ticket", "recordedtime": time,
            "data": {"keywords": [keyword, keyword + "s"], "location": {"type": "Point", "coordinates": list(place)}}}


class EvaluationTests(unittest.TestCase):
    def evaluation(self, episodes, incidents=(), clusters=()):
        data_set = datasets.DataSet("made-up", "none", "city", is_city=True, documented=1, wide=0, local=1, delay_hours=3,
                                    time_zone=BOSTON)
        events = [event(0, "2015-01-01T12:00:00Z")]
        events += [event(number, f"2015-03-10T12:{number:02}:00Z") for number in range(1, 10)]
        truth = datasets.Truth([incident()], [], [incident(), incident(start="2015-01-05", end="2015-01-05")])
        return data_set, Evaluation(data_set, datasets.Stream(data_set, events), truth, episodes, list(incidents),
                                    list(clusters))

    def test_counts_rates_and_delay(self):
        data_set, evaluation = self.evaluation([episode(), episode(id="quiet", alert=False)], [episode(kind="incident")],
                                               [{"reportCount": 4}, {"reportCount": 2}])
        summary = evaluation.summary()
        self.assertEqual((summary["documented"]["found"], summary["local"]["found"], summary["local"]["of"]), (1, 1, 2))
        self.assertTrue(summary["local"]["missed"][0]["isStartUp"])
        self.assertEqual(summary["days"], 69)
        self.assertAlmostEqual(summary["episodesPerDay"], 1 / 69)
        self.assertAlmostEqual(summary["largestClusterShare"], 0.4)
        self.assertAlmostEqual(summary["medianDelayHours"], 6 - 5 / 60)
        failed = {name for name, _, _, passed in bars(data_set, summary) if not passed}
        self.assertEqual(failed, {"delay h", "cluster"})

    def test_alert_before_the_fifth_report_is_no_delay(self):
        _, evaluation = self.evaluation([episode(alertedAt="2015-03-10T12:02:00Z")])
        self.assertEqual(evaluation.summary()["medianDelayHours"], 0)

    def test_an_older_episode_that_lasts_is_named(self):
        _, evaluation = self.evaluation([episode(openedAt="2015-02-20T12:00:00Z", alertedAt="2015-02-20T12:00:00Z")])
        summary = evaluation.summary()
        self.assertEqual((summary["documented"]["found"], len(summary["carried"])), (1, 1))
        self.assertEqual(summary["longestEpisodeDays"], 19)

    def test_keywords_of_the_same_reports_mean_the_same(self):
        data_set, evaluation = self.evaluation([episode(keywords=["potholes"])])
        self.assertEqual(datasets.categories(data_set, evaluation.stream, "Pothole"), {"pothole", "potholes"})
        self.assertEqual(evaluation.summary()["documented"]["found"], 1)

    def test_nothing_found(self):
        _, evaluation = self.evaluation([])
        summary = evaluation.summary()
        self.assertEqual((summary["documented"]["found"], summary["medianDelayHours"]), (0, None))

    def test_lists_are_read_and_other_kinds_passed_over(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            lines = [{"kind": "episode", "id": "a"}, {"kind": "incident", "id": "b"}, {"id": "c"}]
            (folder / "episodes.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))
            episodes, incidents, clusters = engine.findings(folder)
        self.assertEqual([found.id for found in episodes], ["a", "c"])
        self.assertEqual((incidents, clusters), ([], []))


STAND_IN = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/calls"
case "$*" in
  *--profile\\ broken*) echo "no such profile" >&2; exit 2;;
  replay*) echo "received 1" >&2;;
  *"--kind episode"*) echo '{"kind":"episode","id":"a"}';;
  *"--kind cluster"*) echo '{"id":"c","reportCount":7}';;
  *) echo '{"kind":"incident","id":"b"}';;
esac
"""


class EngineTests(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.binary = self.folder / "tocsin"
        self.binary.write_text(STAND_IN)
        self.binary.chmod(0o755)
        self.events = self.folder / "in.ndjson.gz"
        with gzip.open(self.events, "wt") as output:
            output.write("{}\n")

    def test_replays_then_lists(self):
        out = self.folder / "out"
        cost = engine.find(str(self.binary), self.events, "city", (datasets.STAFF_SOURCES,), out)
        episodes, incidents, clusters = engine.findings(out)
        self.assertEqual((cost["said"], episodes[0].id, incidents[0].id, clusters[0]["reportCount"]),
                         ("received 1", "a", "b", 7))
        calls = (self.folder / "calls").read_text().splitlines()
        self.assertEqual(calls[0], f"replay {out}/events.ndjson --store {out}/store --profile city "
                                   f"--config {out}/settings.toml")
        self.assertEqual(calls[1], f"list --alerts --kind episode --format ndjson --store {out}/store")
        self.assertFalse((out / "events.ndjson").exists())

    def test_empty_lists_are_no_failure(self):
        self.binary.write_text('#!/bin/sh\ncase "$1" in list) echo "nothing has been scored yet" >&2; exit 1;; esac\n')
        out = self.folder / "out"
        engine.find(str(self.binary), self.events, "city", (), out)
        self.assertEqual(engine.findings(out), ([], [], []))

    def test_failure_is_told(self):
        with self.assertRaisesRegex(engine.EngineError, "(?s)exit 2.*no such profile"):
            engine.find(str(self.binary), self.events, "broken", (), self.folder / "out")


class NullTests(unittest.TestCase):
    def setUp(self):
        generator = random.Random(5)
        start = parse_time("2015-01-05T05:00:00Z")
        self.events = []
        for day in range(70):
            for number in range(200 if day == 30 else 10):
                time = start + datetime.timedelta(days=day, seconds=generator.randrange(86_400))
                self.events.append(event(len(self.events), time.isoformat().replace("+00:00", "Z"),
                                         generator.choice(["pothole", "graffiti"]), (-71 - number / 1000, 42.3)))
        self.incidents = [incident(start="2015-02-04", end="2015-02-04")]

    def test_keeps_ordinary_days_and_places(self):
        for mode in nulls.WEEK_MODES:
            null = nulls.make_null(self.events, self.incidents, BOSTON, 1, mode)
            # 70 days less three; nine whole weeks of ten reports a day remain.
            self.assertEqual(len(null), 630, mode)
            self.assertLessEqual(nulls.null_days(null, BOSTON), 63)
            times = [parse_time(one["time"]) for one in null]
            self.assertEqual(times, sorted(times))
            self.assertEqual(len({one["id"] for one in null}), len(null))
            self.assertFalse(any("subject" in one or "recordedtime" in one for one in null))
            self.assertTrue(all(one["data"]["location"]["coordinates"][0] > -71.0101 for one in null), "the listed day went")

    def rare(self, per_day, hour, days):
        """Reports of a keyword within one local hour of some days, the first of which is a Monday."""
        return [event(f"rare {day} {number}", f"2015-01-{5 + day:02}T{hour + 5:02}:{number % 60:02}:00Z", "shutoff")
                for day in days for number in range(per_day)]

    def greatest_hour(self, null):
        """The most reports of the rare keyword in one hour of one day."""
        hours = collections.Counter(one["time"][:13] for one in null if one["data"]["keywords"][0] == "shutoff")
        return max(hours.values(), default=0)

    def test_an_incident_that_no_list_names_does_not_return_each_week(self):
        events = self.events + self.rare(120, 15, [9]) + self.rare(1, 3, range(0, 27, 3))
        null = nulls.make_null(events, [], BOSTON, 1, "report")
        self.assertLessEqual(self.greatest_hour(null), 4)
        # What is ordinary of the keyword stays, and so does every other; the whole weeks keep all.
        self.assertEqual(sum(one["data"]["keywords"][0] == "shutoff" for one in null), 8)
        self.assertEqual(sum(one["data"]["keywords"][0] == "shutoff" for one in
                             nulls.make_null(events, [], BOSTON, 1, "week")), 129)
        # The guard: were every day ordinary, some week would hold the incident's hour again.
        with unittest.mock.patch.object(nulls, "extraordinary_days", return_value=set()):
            self.assertGreater(self.greatest_hour(nulls.make_null(events, [], BOSTON, 1, "report")), 8)

    def test_a_rhythm_is_no_incident(self):
        events = self.rare(5, 9, range(27)) + self.rare(5, 14, range(0, 27, 7))
        null = nulls.make_null(events, [], BOSTON, 1, "report")
        self.assertEqual(len(null), 5 * 21 + 5 * 3)
        self.assertEqual({one["time"][11:13] for one in null}, {"14", "19"})

    def test_extraordinary_days(self):
        day = datetime.date(2015, 1, 5)
        others = {day + datetime.timedelta(days=number): 4 for number in range(1, 100)}
        # A mean of about four: 4 + 6√6 + 2 = 20.7.
        self.assertEqual(nulls.extraordinary_days({**others, day: 20}, 100), set())
        self.assertEqual(nulls.extraordinary_days({**others, day: 22}, 100), {day})
        # Silent days count: once a season, six are too many.
        self.assertEqual(nulls.extraordinary_days({day: 6}, 100), {day})
        self.assertEqual(nulls.extraordinary_days({day: 2}, 100), set())

    def test_same_seed_same_stream(self):
        for mode in nulls.WEEK_MODES:
            one, again, other = (nulls.make_null(self.events, self.incidents, BOSTON, seed, mode) for seed in (1, 1, 2))
            self.assertEqual(one, again)
            self.assertNotEqual(one, other)

    def test_shuffled_weeks_keep_their_sizes(self):
        null = nulls.make_null(self.events, [], BOSTON, 3, "week")
        weeks = {}
        for one in null:
            week = (parse_time(one["time"]) - parse_time("2015-01-05T05:00:00Z")).days // 7
            weeks[week] = weeks.get(week, 0) + 1
        self.assertEqual(sorted(weeks.values()), [70] * 9 + [260])

    def test_nothing_in_nothing_out(self):
        self.assertEqual(nulls.make_null([], [], BOSTON, 1, "week"), [])


class SettingsTests(unittest.TestCase):
    def test_dial(self):
        self.assertEqual(false_alarms_per_day(""), 1 / 30)
        self.assertEqual(false_alarms_per_day("[detection]\nfalseAlarmsPerDay = 0.1"), 0.1)

    def test_settings_are_joined(self):
        with tempfile.TemporaryDirectory() as name:
            path = engine.settings_file(pathlib.Path(name), "[detection]\nfalseAlarmsPerDay = 0.1", datasets.STAFF_SOURCES)
            self.assertIn("version = 1", path.read_text())
            self.assertEqual(path.read_text().count("[[source]]"), 3)
            self.assertIsNone(engine.settings_file(pathlib.Path(name), "", ""))


if __name__ == "__main__":
    unittest.main()
