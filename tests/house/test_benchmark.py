# slow
"""benchmarks/run measures every workload that it promises: at a size at which its figures mean nothing."""
import json
import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

WORKLOADS = {
    "snapshot": ["dbrollback snapshot", ".backup, zstd -1 -T2", "VACUUM INTO, zstd -1 -T2", "limit: zstd -1 -T2"],
    "repeats": ["unchanged", "1 % of pages appended", "1 % of pages changed"],
    "restore": ["restore --into", "restore --into --no-verify", "restore, live file", "restore, live file, no undo",
                "zstd -d", "zstd -d, cp"],
    "verify": ["verify --level stored", "verify --level content", "verify --level restored", "limit: xxhsum -H2"],
}


class Benchmark(dbr.Case):
    def setUp(self):
        super().setUp()
        missing = [name for name in ("sqlite3", "zstd", "xxhsum") if shutil.which(name) is None]
        if missing:
            raise unittest.SkipTest(f"{', '.join(missing)} not installed: the benchmark has no peers")

    def benchmark(self, *words):
        return subprocess.run(
            [sys.executable, "-B", os.path.join(dbr.SOURCE, "benchmarks", "run"), "sqlite", "--binary", dbr.BINARY,
             "--work", self.path("work"), "--json", self.path("figures.json"), *words],
            check=False, capture_output=True, text=True, env=self.environment)

    def test_every_workload_is_measured(self):
        done = self.benchmark("--size", "8M", "--rounds", "1", "--litestream", self.path("not-there"))
        # A peer that fails is named, and the status says so; all the others are measured.
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("FAILED litestream, first replica: ", done.stdout)
        self.assertEqual(done.stdout.count("FAILED"), 1, done.stdout)
        for workload, names in WORKLOADS.items():
            self.assertIn(f"\n{workload} (ratio: ", done.stdout)
            for name in names:
                self.assertRegex(done.stdout, rf"(?m)^  {name.replace('.', chr(92) + '.')} +\d+\.\d+ s ")
        self.assertEqual(len([line for line in done.stdout.splitlines() if line.endswith(("  met", "  missed"))]), 12)
        self.assertLessEqual(max(len(line) for line in done.stdout.splitlines()), 100)
        with open(self.path("figures.json"), encoding="utf-8") as file:
            figures = json.load(file)
        for names in WORKLOADS.values():
            for name in names:
                self.assertEqual(len(figures["samples"][name]), 1)
                self.assertGreater(figures["samples"][name][0]["seconds"], 0)
        for kind in ("append", "change"):
            changed, pages = figures["changes"][kind]
            self.assertTrue(0.005 * pages < changed < 0.03 * pages, f"{kind}: {changed} of {pages} pages")
        self.assertEqual(os.listdir(self.path("work")), [], "what was made is removed")

    def test_what_is_missing_is_named(self):
        done = self.benchmark("--size", "1M", "--rounds", "1", "--only", "litestream")
        if shutil.which("litestream") is None:
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("litestream: not installed, skipped", done.stdout)
        for words in (("--only", "sorting"), ("--size", "big")):
            self.assertEqual(self.benchmark(*words).returncode, 2)


if __name__ == "__main__":
    dbr.main()
