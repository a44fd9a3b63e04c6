"""`dbrollback report`: which run, in which format, into which file."""
import os
import stat
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr


class Report(dbr.Case):
    def setUp(self):
        super().setUp()
        self.init()
        self.make("app.db")
        self.taken = self.snapshot("app.db", "--app-version", "v1")

    def test_a_run_is_named_by_what_it_was(self):
        self.ok("verify", "latest")
        self.assertIn("Verify of app succeeded", self.ok("report", "latest").out)
        text = self.ok("report", "latest:snapshot").out
        self.assertIn("Snapshot of app succeeded", text)
        self.assertIn(self.taken, text)

    def test_each_format(self):
        self.assertTrue(self.ok("report", "latest", "--format", "markdown").out.startswith("# Report\n\n**Snapshot of app"))
        self.assertTrue(self.ok("report", "latest", "--format", "html").out.startswith("<!DOCTYPE html>\n"))
        document = self.ok("report", "latest", "--format", "json").json
        self.assertEqual(document, self.ok("report", "latest", "--json").json)
        self.assertEqual(document["schema_version"], 1)
        self.assertIn("--format takes", self.fails(2, "report", "latest", "--format", "pdf").err)
        self.assertIn("exclude each other", self.fails(2, "report", "latest", "--format", "html", "--json").err)

    def test_a_file_says_its_format_and_is_never_written_over(self):
        for name, begin in (("r.html", "<!DOCTYPE html>"), ("r.md", "# Report"), ("r.json", "{"), ("r", "Snapshot of app")):
            with self.subTest(name=name):
                self.assertIn(name, self.ok("report", "latest", "--output", name).out)
                with open(self.path(name), encoding="utf-8") as file:
                    self.assertTrue(file.read().startswith(begin))
                self.assertEqual(stat.S_IMODE(os.stat(self.path(name)).st_mode), 0o600)
        with open(self.path("r.md"), "w", encoding="utf-8") as file:
            file.write("the root cause was")
        self.assertIn("exists already", self.fails(4, "report", "latest", "--output", "r.md").err)
        with open(self.path("r.md"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "the root cause was")
        self.assertIn("could not write", self.fails(1, "report", "latest", "--output", "no/such/r.md").err)

    def test_times_are_of_the_time_zone_of_the_configuration(self):
        with open(self.path("dbrollback.toml"), "w", encoding="utf-8") as file:
            file.write('timezone = "Asia/Tokyo"\n')
        self.assertIn("+0900", self.ok("report", "latest").out)

    def test_a_run_that_is_not_there(self):
        done = self.fails(2, "report")
        self.assertIn("there is no deploy and no rollback to report", done.err)
        self.assertIn("dbrollback report latest", done.err)
        self.assertIn("there is no run", self.fails(2, "report", "2031").err)
        self.fails(2, "report", "latest:rollback")

    def test_a_failure_is_told_as_it_was(self):
        missing = self.path("no", "such", "folder.db")
        self.fails(1, "restore", "latest", "--into", missing, "--yes")
        text = self.ok("report", "latest:restore").out
        self.assertIn("Restore of folder failed", text)
        self.assertIn("there is no folder", text)
        self.assertIn("no_such_folder", text)


if __name__ == "__main__":
    dbr.main()
