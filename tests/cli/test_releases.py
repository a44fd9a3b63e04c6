"""releases: the list, one of them, and the versions that are known to be good."""
import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from support import dbr  # noqa: E402

WRITE = os.path.join(os.path.dirname(dbr.BINARY), "write_releases")


class Case(messages.Case):
    def setUp(self):
        super().setUp()
        self.init()

    def write(self, *words, database="app"):
        """Makes releases, "v1=confirmed", the oldest first; returns their ids."""
        return subprocess.run([WRITE, self.repo, database, *words], check=True, capture_output=True, text=True).stdout.split()

    def file(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)
        return name

    def good(self):
        return [each["version"] for each in self.ok("releases", "good", "--json").json["versions"]]


class Lists(Case):
    def test_nothing_is_no_failure(self):
        self.assertEqual(self.ok("releases").out,
                         f"no releases in {self.repo}\n\n  to make one:  dbrollback deploy --app-version VERSION\n")
        self.assertEqual(self.ok("releases", "--json").json, {"schema_version": 1, "releases": []})

    def test_the_newest_is_last_and_the_current_one_is_marked(self):
        self.write("v1=confirmed", "v2=confirmed+", "v3=failed+", "v4=rolled_back+", "v5=failed")
        self.ok("releases", "mark-good", "v2")
        lines = self.ok("releases").out.splitlines()
        self.assertRegex(lines[0], r"^version +state +now +started +age +schema +snapshot +proof +good$")
        self.assertEqual([line.split()[0] for line in lines[1:6]], ["v1", "v2", "v3", "v4", "v5"])
        self.assertRegex(lines[2], r"^v2 +confirmed +\d.* 20260104 → 20260105 +20261120T233015Z-before-1004 +content +good$")
        self.assertRegex(lines[3], r"^v3 +FAILED +current ")
        self.assertEqual([line for line in lines if "current" in line], [lines[3]])
        self.assertIn("to see how things stand:  dbrollback status", "\n".join(lines))

    def test_each_database_has_a_current_one(self):
        app, web = self.write("v1=confirmed"), self.write("w1=confirmed", "w2=migrated", database="web")
        self.assertEqual(len(re.findall(r"\bcurrent\b", self.ok("releases").out)), 2)
        document = self.ok("releases", "--json").json["releases"]
        self.assertEqual({each["id"] for each in document if each["current"]}, {app[0], web[1]})

    def test_one_is_found_by_its_version_and_by_its_id(self):
        ids = self.write("v1=confirmed", "v2=failed+", "v1=confirmed")
        for spec, wanted in (("v1", ids[2]), ("v2", ids[1]), (ids[0], ids[0]), (ids[1][:-1], ids[1])):
            with self.subTest(spec):
                document = self.ok("releases", "show", spec, "--json").json
                self.assertEqual((document["id"], document["current"]), (wanted, wanted == ids[2]))
        text = self.ok("releases", "show", "v2").out
        self.assertTrue(text.startswith(ids[1] + "\n"), text)
        for part in ("web was not healthy", "20260104 → 20260105, by dbmate", "20260105_add_orders", "snapshot 1.2 s",
                     "kept  /srv/app/config/7.env  99aa06d3014798d86001c324468d497f"):
            self.assertIn(part, text)

    def test_what_is_not_there_or_several_is_said(self):
        ids = self.write("v1=confirmed", "v2=confirmed")
        self.refuses(2, "dbrollback: there is no release 'v9'\n  state: nothing was changed\n  next:  dbrollback releases\n",
                     "releases", "show", "v9")
        self.assertIn(f"could be several: {ids[0]}, {ids[1]}", self.fails(2, "releases", "show", ids[0][:4]).err)
        self.write("v1=confirmed", database="web")
        self.assertIn("'v1' could be several", self.fails(2, "releases", "show", "v1").err)

    def test_a_damaged_record_is_damage_and_named(self):
        ids = self.write("v1=confirmed", "v2=confirmed")
        file = os.path.join(self.repo, "releases", ids[0] + ".json")
        with open(file, "r+", encoding="utf-8") as record:
            record.write(record.read().replace("confirmed", "rolled_back")[:200])
        for words in (("releases",), ("releases", "show", "v2"), ("releases", "mark-good", "v2")):
            with self.subTest(words):
                done = self.fails(3, *words)
                self.assertIn(file, done.err)
                self.assertEqual(done.out, "")
        self.assertEqual(self.fails(3, "releases", "--json").json["error"]["code"], "damaged_document")

    def test_a_thousand_are_listed_at_once(self):
        self.write(*[f"v{number}=confirmed+" for number in range(1000)])
        took = []
        for _ in range(3):
            before = time.monotonic()
            self.assertEqual(len(self.ok("releases", "--json").json["releases"]), 1000)
            took.append(time.monotonic() - before)
        print(f"1,000 releases: {min(took):.2f} s", file=sys.stderr)
        self.assertLess(min(took), 5)  # about 0.2 s; far less than it would take if each were looked for in turn


class Good(Case):
    def test_marks_come_and_go(self):
        self.assertIn("no version is marked as good", self.ok("releases", "good").out)
        self.assertIn("marked v1 as good; no release of it is known here", self.ok("releases", "mark-good", "v1").out)
        self.assertEqual(self.ok("releases", "mark-good", "v1", "--json").json, {"schema_version": 1, "version": "v1", "good": True})
        self.assertEqual(self.good(), ["v1"])
        self.assertEqual(self.ok("releases", "unmark-good", "v1").out, "v1 is no longer marked as good\n")
        self.assertEqual(self.ok("releases", "unmark-good", "v1", "--json").json,
                         {"schema_version": 1, "version": "v1", "good": False, "was_good": False})
        self.assertEqual(self.good(), [])

    def test_the_id_of_a_release_means_its_version(self):
        identity = self.write("v1=confirmed")[0]
        self.ok("releases", "mark-good", identity)
        self.assertEqual(self.good(), ["v1"])
        self.assertIn("release " + identity, self.ok("releases", "good").out)
        self.ok("releases", "unmark-good", identity)
        self.assertEqual(self.good(), [])

    def test_what_cannot_be_a_version_is_refused(self):
        for version in ("v 1", "a\nb", "x" * 201):
            with self.subTest(version):
                self.assertIn("cannot be a version", self.fails(2, "releases", "mark-good", version).err)
        self.assertEqual(self.good(), [])

    def test_lists_of_others_are_imported(self):
        self.ok("releases", "mark-good", "b")
        self.file("good.json", json.dumps(["a", {"commit": "b"}, {"sha": "c", "date": 1}, {"tag": "d"}]))
        self.assertEqual(self.ok("releases", "import", "good.json").out,
                         "marked 3 versions of good.json as good; the others were marked already\n")
        self.assertEqual(self.good(), ["b", "a", "c", "d"])
        self.assertEqual(self.ok("releases", "import", "good.json", "--json").json,
                         {"schema_version": 1, "file": "good.json", "versions": 4, "marked": 0})

    def test_what_is_no_list_imports_nothing(self):
        for name, text, why in (("cut.json", '["a"', "it is cut off or damaged"), ("object.json", '{"a": 1}', "it is not a JSON list"),
                                ("number.json", '["a", 5]', "entry 2 names no version"), ("blank.json", '["a", ""]', "cannot be a version")):
            with self.subTest(name):
                self.assertIn(why, self.fails(2, "releases", "import", self.file(name, text)).err)
        self.assertIn("could not read absent.json: No such file", self.fails(2, "releases", "import", "absent.json").err)
        os.mkdir(self.path("folder"))
        self.assertIn("could not read folder: Is a directory", self.fails(2, "releases", "import", "folder").err)
        self.assertEqual(self.good(), [])

    def test_a_damaged_list_is_damage_and_stays(self):
        self.ok("releases", "mark-good", "v1")
        file = os.path.join(self.repo, "known-good.json")
        with open(file, "a", encoding="utf-8") as out:
            out.write(" ")
        for words in (("good",), ("mark-good", "v2"), ("unmark-good", "v1"), ()):
            with self.subTest(words):
                with self.unchanged():
                    self.assertIn(file, self.fails(3, "releases", *words).err)

    def test_everybody_may_mark_at_once(self):
        runs = [subprocess.Popen(self.command("releases", "mark-good", f"v{number}"), stdout=subprocess.DEVNULL,
                                 env=dict(self.environment, DBROLLBACK_REPOSITORY=self.repo)) for number in range(8)]
        self.assertEqual([run.wait() for run in runs], [0] * 8)
        self.assertEqual(sorted(self.good()), [f"v{number}" for number in range(8)])


class Words(Case):
    def test_mistakes_say_what_to_type(self):
        for words, err in ((("shwo", "v1"), "dbrollback: `releases` cannot 'shwo'"),
                           (("show",), "dbrollback: `releases show` needs a VERSION"),
                           (("import",), "dbrollback: `releases import` needs a FILE"),
                           (("good", "v1"), "dbrollback: `releases good` takes no 'v1'")):
            with self.subTest(words):
                self.assertIn(err + "\n", self.fails(2, "releases", *words).err)
        self.assertIn("next:  dbrollback releases show\n", self.fails(2, "releases", "shwo").err)

    def test_the_help_names_every_exit_status_there_is(self):
        text = self.ok("releases", "--help").out
        for status in (0, 1, 2, 3, 5):
            self.assertRegex(text, rf"(?m)^ +{status}  ")


dbr.main()
