"""What commands say about a snapshot that is damaged or does not exist: exactly, and nothing is changed."""
import glob
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from support import dbr  # noqa: E402

DAMAGED = ("dbrollback: {}\n"
           "  state: nothing was restored or changed\n"
           "  next:  use another snapshot: `dbrollback list` shows them; `dbrollback verify --all` finds what is whole\n")
NEXT = ("\n"
        "  to see which are whole:  dbrollback list\n"
        "  to take a new one:       dbrollback snapshot\n")


class OfASnapshot(messages.Case):
    def setUp(self):
        super().setUp()
        self.init()
        self.database = self.make("app.db")
        self.taken = self.snapshot(self.database, "--app-version", "v1")
        self.folder = os.path.join(self.repo, "snapshots", self.taken)
        self.segment = os.path.join(self.folder, "data-0000.seg")
        self.manifest = os.path.join(self.folder, "manifest.json")

    def restore_and_the_like_refuse(self, status, message):
        """Every command that needs the pages says the same, and touches nothing."""
        for words in (["restore", self.taken, "--database", self.database, "--yes"],
                      ["restore", self.taken, "--database", self.database, "--into", "new.db"],
                      ["export", self.taken, "new.db"],
                      ["diff", self.taken, "live", "--database", self.database]):
            with self.subTest(words[0]):
                self.refuses(status, message, *words)

    def verify_finds(self, *findings, level="content"):
        done = self.says(3, "", "verify", self.taken, "--level", level)
        plural = "finding" if len(findings) == 1 else "findings"
        self.assertEqual(self.normal(done.out),
                         f"✗ ID  DAMAGED  {level}, {len(findings)} {plural}\n"
                         + "".join(f"    {finding}\n" for finding in findings) + NEXT)
        listed = self.ok("list", "--json").json["snapshots"]
        self.assertTrue(listed[0]["damaged"])
        self.assertIn("DAMAGED", self.ok("list").out)

    def reseal(self, change):
        """Changes the manifest and gives it a checksum that fits, as somebody with bad intentions would."""
        with open(self.manifest) as file:
            document = json.load(file)
        change(document)
        with open(self.manifest, "w") as file:
            json.dump(document, file)
        if not shutil.which("xxh128sum"):
            self.skipTest("xxh128sum of the Debian package xxhash is not installed")
        done = subprocess.run(["xxh128sum", "manifest.json"], cwd=self.folder, check=True, capture_output=True)
        with open(os.path.join(self.folder, "manifest.sum"), "wb") as file:
            file.write(done.stdout)


class Damaged(OfASnapshot):
    def test_a_flipped_bit_is_named_down_to_the_pages(self):
        with open(self.segment, "r+b") as file:
            file.seek(200)
            byte = file.read(1)[0]
            file.seek(200)
            file.write(bytes([byte ^ 1]))
        self.restore_and_the_like_refuse(3, DAMAGED.format(
            "pages 1 to 2 in data-0000.seg of ID are damaged: the frame's bytes do not fit their hash"))
        self.verify_finds("pages 1 to 2 in data-0000.seg: are damaged")

    def test_a_segment_that_is_cut_off(self):
        size = os.path.getsize(self.segment)
        os.truncate(self.segment, size - 10)
        self.restore_and_the_like_refuse(3, DAMAGED.format(
            f"AT/repo/snapshots/ID/data-0000.seg is cut off: {size - 10} bytes instead of {size}"))
        self.verify_finds(f"data-0000.seg: is cut off: {size - 10} bytes instead of {size}")

    def test_a_missing_segment(self):
        os.unlink(self.segment)
        self.restore_and_the_like_refuse(3, DAMAGED.format("AT/repo/snapshots/ID/data-0000.seg is missing"))
        self.verify_finds("data-0000.seg: is missing")

    def test_a_file_too_many(self):
        shutil.copy(self.segment, os.path.join(self.folder, "data-0001.seg"))
        self.verify_finds("snapshots/ID/data-0001.seg: is not a file of this snapshot")

    def test_a_truncated_manifest(self):
        os.truncate(self.manifest, 300)
        problem = "is cut off or damaged (300 B): it does not fit the checksum in manifest.sum"
        message = (f"dbrollback: AT/repo/snapshots/ID/manifest.json {problem}\n"
                   "  state: nothing was restored or changed\n"
                   "  next:  use another snapshot: `dbrollback list` shows them\n")
        self.restore_and_the_like_refuse(3, message)
        self.refuses(3, message, "show", self.taken)
        self.verify_finds(f"manifest.json: {problem}")

    def test_latest_says_that_only_a_damaged_one_is_there(self):
        os.truncate(self.manifest, 300)
        for name in (self.database, "app"):
            with self.subTest(name):
                self.refuses(2, "dbrollback: there is no readable snapshot of app; whose ID is cannot be told, because its "
                                "manifest cannot be read\n"
                                "  state: nothing was changed\n"
                                "  next:  dbrollback verify ID\n",
                             "restore", "latest", "--database", name, "--yes", env={"DBROLLBACK_CONFIG": self.configured()})

    def configured(self):
        with open(self.path("one.toml"), "w") as file:
            file.write(f"repository = '{self.repo}'\n[database.app]\nurl = '{self.database}'\n")
        return self.path("one.toml")

    def test_a_damaged_manifest_does_not_hide_the_snapshots_beside_it(self):
        os.truncate(self.manifest, 300)
        second = self.snapshot(self.database)
        other = self.snapshot(self.make("other.db"))
        self.assertEqual(self.ok("show", "latest", "--database", self.database, "--json").json["id"], second)
        held = self.ok("list", "--database", self.database, "--json").json["snapshots"]
        self.assertEqual([each["id"] for each in held], [self.taken, second])
        self.refuses(2, "dbrollback: the repository has snapshots of several databases: app, other\n"
                        "  state: nothing was changed\n"
                        "  next:  say which with `--database NAME`, or name the snapshot by its id\n", "show", "latest")
        self.assertNotIn(self.taken, self.ok("prune", "--yes", "--keep-last", "1", "--keep-daily", "0", "--keep-weekly",
                                             "0", "--keep-monthly", "0", "--json").json.get("removed", []))
        self.assertIn(self.taken, self.held_ids())
        self.assertIn(other, self.held_ids())

    def test_going_back_past_a_damaged_manifest_is_a_warning(self):
        newer = self.snapshot(self.database)
        os.truncate(os.path.join(self.repo, "snapshots", newer, "manifest.json"), 300)
        with self.unchanged():
            done = self.ok("restore", "latest", "--database", self.database, "--dry-run")
        self.assertEqual(done.err, f"warning: snapshot {newer} is newer than {self.taken}, the one meant by latest, but its "
                                   "manifest cannot be read: whose it is cannot be told\n")

    def test_a_manifest_that_names_a_file_elsewhere(self):
        self.reseal(lambda document: document["segments"][0].update(name="../../etc/passwd"))
        problem = "names the segment '../../etc/passwd', which is not a file of this snapshot's folder"
        message = (f"dbrollback: AT/repo/snapshots/ID/manifest.json {problem}\n"
                   "  state: nothing was read from or written to that place\n"
                   "  next:  do not use this repository before you know who changed it\n")
        self.restore_and_the_like_refuse(3, message)
        self.refuses(3, message, "show", self.taken)
        self.verify_finds(f"manifest.json: {problem}")

    def test_a_snapshot_of_a_newer_format(self):
        self.reseal(lambda document: document["format"].update(version=2))
        message = ("dbrollback: AT/repo/snapshots/ID/manifest.json is of format 2; this program reads format 1\n"
                   "  state: nothing was changed\n"
                   "  next:  use the dbrollback that wrote it, or a newer one\n")
        self.restore_and_the_like_refuse(1, message)
        self.refuses(1, message, "verify", self.taken)
        self.assertRegex(self.ok("list").out, rf"{self.taken} .* newer format\n")

    def test_a_snapshot_that_needs_a_feature_of_tomorrow(self):
        self.reseal(lambda document: document["format"].update(required=["encryption"]))
        self.refuses(1, "dbrollback: AT/repo/snapshots/ID/manifest.json is of format 1 with encryption; this program reads "
                        "format 1\n"
                        "  state: nothing was changed\n"
                        "  next:  use the dbrollback that wrote it, or a newer one\n", "show", self.taken)

    def test_the_database_is_untouched_when_a_later_page_turns_out_to_be_damaged(self):
        big = self.big("big.db", 30_000)
        taken = self.snapshot(big)
        segment = glob.glob(os.path.join(self.repo, "snapshots", taken, "*.seg"))[0]
        with open(segment, "r+b") as file:
            file.seek(os.path.getsize(segment) - 100_000)
            file.write(b"\0" * 1000)
        with self.unchanged():
            done = self.fails(3, "restore", taken, "--database", big, "--yes")
        self.assertRegex(self.said(done), r"(?s)dbrollback: .*pages \d+ to \d+ in data-0000.seg.* are damaged.*"
                                          r"state: nothing was .*changed\n  next:  .*`dbrollback verify --all`")


class Unknown(OfASnapshot):
    def test_an_unknown_id(self):
        for spec in ("20010101", "nonsense", "../../etc/passwd"):
            with self.subTest(spec):
                self.refuses(2, f"dbrollback: there is no snapshot '{spec}'\n"
                                "  state: nothing was changed\n"
                                "  next:  `dbrollback list` shows what there is\n",
                             "restore", spec, "--database", self.database, "--yes")

    def test_an_ambiguous_id_names_the_candidates(self):
        second = self.snapshot(self.database, "--app-version", "v2")
        with self.unchanged():
            done = self.fails(2, "restore", "20", "--database", self.database, "--yes")
        self.assertEqual(done.err, f"dbrollback: '20' is the beginning of 2 snapshots: {self.taken}, {second}\n"
                                   "  state: nothing was changed\n"
                                   "  next:  give more of the id\n")

    def test_an_unknown_version_names_those_that_there_are(self):
        self.snapshot(self.database, "--app-version", "v2")
        self.refuses(2, "dbrollback: no snapshot was taken for version v9; the newest are for v1, v2\n"
                        "  state: nothing was changed\n"
                        "  next:  `dbrollback list` shows what there is\n",
                     "restore", "before:v9", "--database", self.database, "--yes")

    def test_nothing_to_restore_yet(self):
        self.refuses(2, "dbrollback: there is no snapshot of other yet\n"
                        "  state: nothing was changed\n"
                        "  next:  take one with `dbrollback snapshot`\n",
                     "restore", "latest", "--database", self.make("other.db"), "--yes")


dbr.main()
