"""The guard can fail: both ways, where a threshold is missing, and by one allocation."""

import json
import unittest

import guard


class GuardTests(unittest.TestCase):
    def setUp(self):
        self.thresholds = json.loads(guard.THRESHOLDS.read_text())

    def moved(self, work, name, change):
        return {**self.thresholds, work: {**self.thresholds[work], name: change(self.thresholds[work][name])}}

    def test_thresholds_hold_all_works_and_nothing_else(self):
        self.assertEqual(list(self.thresholds), guard.WORKS)
        for work, figures in self.thresholds.items():
            if work == guard.HELD:
                self.assertEqual(set(figures), {f"bytes of one {name}" for name in ("identity", "series", "live node")})
            elif work in guard.ALLOCATING:
                self.assertEqual(set(figures), {guard.ALLOCATIONS})
            else:
                self.assertEqual(set(figures), {guard.INSTRUCTIONS, guard.ALLOCATIONS})

    def test_what_needs_no_memory_is_held_at_none(self):
        for work in ["decode", "decode-varied", "encode", "identity-new", "identity-again", "intake", "steady"]:
            self.assertEqual(self.thresholds[work][guard.ALLOCATIONS], 0, work)

    def test_what_is_within_the_tolerance_is_not_told(self):
        counts = {
            work: {name: value * (1 + 0.029 * (-1) ** number) if name == guard.INSTRUCTIONS else value for name, value in figures.items()}
            for number, (work, figures) in enumerate(self.thresholds.items())}
        self.assertEqual(guard.judge(counts, self.thresholds), [])

    def test_a_threshold_moved_by_five_percent_is_told_both_ways(self):
        for work in guard.WORKS:
            for name, value in self.thresholds[work].items():
                if value == 0:
                    continue
                for share, word in [(0.95, "more. If that is intended"), (1.05, "fewer: lower the threshold")]:
                    complaints = guard.judge(self.thresholds, self.moved(work, name, lambda value: value * share))
                    self.assertEqual(len(complaints), 1)
                    self.assertTrue(complaints[0].startswith(f"{work}: ") and word in complaints[0], complaints[0])

    def test_one_allocation_is_told_both_ways(self):
        for work in guard.WORKS:
            if work == guard.HELD:
                continue
            more = self.moved(work, guard.ALLOCATIONS, lambda value: value + 1)
            self.assertIn("more. If that is intended", guard.judge(more, self.thresholds)[0])
            self.assertIn("fewer: lower the threshold", guard.judge(self.thresholds, more)[0])

    def test_what_has_no_threshold_is_told_and_a_threshold_of_nothing_too(self):
        self.assertIn("no threshold", guard.judge({"decode": {guard.INSTRUCTIONS: 1}}, {})[0])
        self.assertIn("nothing that is measured", guard.judge({}, {"gone": {}})[0])
        self.assertIn("decode, gone", guard.judge({"decode": {}}, {"decode": {"gone": 1}})[0])

    def test_the_middle_of_several_runs_and_their_spread(self):
        figures, spreads = guard.middle([{"a": 3, "b": 0}, {"a": 2, "b": 0}, {"a": 4, "b": 0}])
        self.assertEqual((figures, spreads), ({"a": 3, "b": 0}, {"a": 1.0, "b": 0.0}))


if __name__ == "__main__":
    unittest.main()
