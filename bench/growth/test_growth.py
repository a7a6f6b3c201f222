"""What the bench of growth decides by itself: what it leaves out, and what it says of its points."""

import math
import pathlib
import tempfile
import unittest

import growth


class GrowthTests(unittest.TestCase):
    def test_a_stream_that_fits_is_begun(self):
        self.assertIsNone(growth.reason(100_000, None, 10 << 30, math.inf))
        self.assertIsNone(growth.reason(10_000_000, (1_000_000, 300 << 20, 60), 10 << 30, 800))

    def test_a_stream_that_the_disk_has_no_room_for_is_told(self):
        self.assertIn("GiB", growth.reason(100_000, None, growth.RESERVED_BYTES, math.inf))
        self.assertIn("to take 5", growth.reason(10_000_000, (1_000_000, 300 << 20, 60), 4 << 30, math.inf))

    def test_a_stream_that_would_take_too_long_is_told(self):
        self.assertIn("13 minutes, and 12 are left", growth.reason(10_000_000, (1_000_000, 1, 60), 10 << 30, 12 * 60))

    def test_memory_apart_from_files(self):
        status = "VmHWM:\t 900 kB\nVmRSS:\t 700 kB\nRssAnon:\t 500 kB\nRssFile:\t 200 kB\n"
        self.assertEqual(growth.memory(status), (700 * 1_024, 500 * 1_024))
        self.assertEqual(growth.memory(""), (0, 0))

    def test_files_below_a_folder_are_added_up(self):
        with tempfile.TemporaryDirectory() as name:
            below = pathlib.Path(name) / "journal"
            below.mkdir()
            (below / "segment").write_bytes(b"x" * 100_000)
            self.assertGreaterEqual(growth.size(name), 100_000)

    def test_a_record_that_was_cut_short_says_what_is_missing(self):
        axis = growth.Axis("Skew", "All places alike, or not.")
        axis.add("uniform", 1.0, 1.0, 2**20)
        with tempfile.TemporaryDirectory() as name:
            for missing in [["soak", "keywords"], []]:
                growth.record([axis], missing, (0.0, 0.0, 0.0), pathlib.Path(name))
                text = (pathlib.Path(name) / "growth.md").read_text()
                self.assertIn("| uniform | 1 |", text)
                self.assertEqual("**Cut short**: soak, keywords were asked for and are not here." in text, bool(missing))
                self.assertEqual("Cut short" in text, bool(missing))

    def test_what_is_not_flat_is_marked(self):
        axis = growth.Axis("Events", "More of them.")
        for count, cost in [(10, 100.0), (100, 140.0)]:
            axis.add(count, cost, cost, 2**20)
        self.assertNotIn("above", axis.markdown())
        axis.add(1_000, 151.0, 100.0, 2**20)
        self.assertIn("1.51, **above 1.5**", axis.markdown())

    def test_memory_is_level_from_the_second_window_on(self):
        axis = growth.Axis("Soak", "", is_bounded=False)
        for number, byte_count in enumerate([100, 200, 210, 220]):
            axis.add(f"window {number}", 1.0, 0, byte_count)
        axis.tell_level()
        self.assertIn("most / least memory 1.100", axis.notes[0])


if __name__ == "__main__":
    unittest.main()
