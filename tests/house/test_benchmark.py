# slow
"""benchmarks/run measures every workload that it promises: at a size at which its figures mean nothing."""
import json
import os
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postmaster

SQLITE = {
    "snapshot": ["dbrollback snapshot", ".backup, zstd -1 -T2", "VACUUM INTO, zstd -1 -T2", "limit: zstd -1 -T2"],
    "repeats": ["unchanged", "1 % of pages appended", "1 % of pages changed"],
    "restore": ["restore --into", "restore --into --no-verify", "restore, live file", "restore, live file, no undo",
                "zstd -d", "zstd -d, cp"],
    "verify": ["verify --level stored", "verify --level content", "verify --level restored", "limit: xxhsum -H2"],
}
POSTGRES = {
    "snapshot": ["dbrollback snapshot", "pg_dump -Fd -j2 -Z1", "pg_dump -Fp | zstd -1", "limit: COPY, 2 sessions"],
    "restore": ["restore --into", "restore --into --no-verify", "createdb, pg_restore -j2",
                "the same, vacuumdb -Z -j2"],
}


class Benchmark(dbr.Case):
    def needs(self, *programs):
        missing = [name for name in programs if shutil.which(name) is None]
        if missing:
            raise unittest.SkipTest(f"{', '.join(missing)} not installed: the benchmark has no peers")

    def benchmark(self, database, *words):
        return subprocess.run(
            [sys.executable, "-B", os.path.join(dbr.SOURCE, "benchmarks", "run"), database, "--binary", dbr.BINARY,
             "--work", self.path("work"), "--json", self.path("figures.json"), *words],
            check=False, capture_output=True, text=True, env=self.environment)

    def assert_measured(self, done, workload, names):
        self.assertIn(f"\n{workload} (ratio: ", done.stdout)
        for name in names:
            self.assertRegex(done.stdout, rf"(?m)^  {re.escape(name)} +\d+\.\d+ s ")

    def assert_targets(self, done, count):
        """So many of them, in a text that fits its width."""
        lines = done.stdout.splitlines()
        self.assertEqual(len([line for line in lines if line.endswith(("  met", "  missed"))]), count, done.stdout)
        self.assertLessEqual(max(len(line) for line in lines), 100, done.stdout)

    def figures(self):
        with open(self.path("figures.json"), encoding="utf-8") as file:
            return json.load(file)


class Sqlite(Benchmark):
    def setUp(self):
        super().setUp()
        self.needs("sqlite3", "zstd", "xxhsum")

    def test_every_workload_is_measured(self):
        done = self.benchmark("sqlite", "--size", "8M", "--rounds", "1", "--litestream", self.path("not-there"))
        # A peer that fails is named, and the status says so; all the others are measured.
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("FAILED litestream, first replica: ", done.stdout)
        self.assertEqual(done.stdout.count("FAILED"), 1, done.stdout)
        for workload, names in SQLITE.items():
            self.assert_measured(done, workload, names)
        self.assert_targets(done, 12)
        figures = self.figures()
        for name in sum(SQLITE.values(), []):
            self.assertEqual(len(figures["samples"][name]), 1)
            self.assertGreater(figures["samples"][name][0]["seconds"], 0)
        for kind in ("append", "change"):
            changed, pages = figures["changes"][kind]
            self.assertTrue(0.005 * pages < changed < 0.03 * pages, f"{kind}: {changed} of {pages} pages")
        self.assertEqual(os.listdir(self.path("work")), [], "what was made is removed")

    def test_what_is_missing_is_named(self):
        done = self.benchmark("sqlite", "--size", "1M", "--rounds", "1", "--only", "litestream")
        if shutil.which("litestream") is None:
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("litestream: not installed, skipped", done.stdout)
        for words in (("--only", "sorting"), ("--size", "big")):
            self.assertEqual(self.benchmark("sqlite", *words).returncode, 2)


class Postgres(Benchmark):
    def setUp(self):
        super().setUp()
        self.needs("zstd")
        postmaster.binaries()
        postmaster.somebody()
        os.chmod(self.at, 0o711)  # the server's user comes through it

    def test_every_workload_is_measured(self):
        done = self.benchmark("postgres", "--size", "2M", "--rounds", "1")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        figures = self.figures()
        for database in ("pgbench", "app", "tables"):
            for workload, names in POSTGRES.items():
                self.assert_measured(done, f"{workload}-{database}", names)
                for name in names:
                    (sample,) = figures["samples"][f"{database}: {name}"]
                    self.assertGreater(sample["seconds"], 0)
                    self.assertGreaterEqual(sample["server"], 0)
        self.assert_targets(done, 10)
        self.assertEqual(figures["parameters"]["fsync"], "on")
        self.assertEqual([each["tables"] for each in figures["databases"].values()], [4, 5, 20])
        self.assertEqual(os.listdir(self.path("work")), [], "what was made is removed, and the server with it")

    def test_one_workload(self):
        """Only its database is made; and a contender that fails is named, and is the only one."""
        done = self.benchmark("postgres", "--size", "2M", "--rounds", "1", "--only", "snapshot-tables",
                              "--binary", "/bin/false")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("FAILED"), 1, done.stdout)
        self.assertIn("FAILED tables: dbrollback snapshot: ", done.stdout)
        self.assertEqual(list(self.figures()["databases"]), ["tables"])
        for words in (("--only", "snapshot-sorting"), ("--keep",)):
            self.assertEqual(self.benchmark("postgres", *words).returncode, 2)


if __name__ == "__main__":
    dbr.main()
