"""The guard of instructions can fail: both ways, and where a threshold is missing."""

import json
import unittest

import guard


class GuardTests(unittest.TestCase):
    def setUp(self):
        self.thresholds = json.loads(guard.THRESHOLDS.read_text())

    def test_thresholds_hold_all_works_and_nothing_else(self):
        self.assertEqual(list(self.thresholds), guard.WORKS)

    def test_what_is_within_the_tolerance_is_not_told(self):
        counts = {work: threshold * (1 + 0.029 * (-1) ** number) for number, (work, threshold) in enumerate(self.thresholds.items())}
        self.assertEqual(guard.judge(counts, self.thresholds), [])

    def test_a_threshold_moved_by_five_percent_is_told_both_ways(self):
        for work in guard.WORKS:
            for share, word in [(0.95, "more. If that is intended"), (1.05, "fewer: lower the threshold")]:
                moved = {**self.thresholds, work: self.thresholds[work] * share}
                complaints = guard.judge(self.thresholds, moved)
                self.assertEqual(len(complaints), 1)
                self.assertTrue(complaints[0].startswith(f"{work}: ") and word in complaints[0], complaints[0])

    def test_what_has_no_threshold_is_told_and_a_threshold_of_nothing_too(self):
        self.assertIn("no threshold", guard.judge({"decode": 1}, {})[0])
        self.assertIn("nothing that is measured", guard.judge({}, {"gone": 1})[0])


if __name__ == "__main__":
    unittest.main()
