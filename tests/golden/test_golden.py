"""Snapshots of every released format version stay readable for good.

format-1/ is a repository that dbrollback 0.1.0 made, without what it makes again (locks/, catalog.db). In it are a
snapshot of app, the worked example of docs/format.md, and one of ledger: 4096-byte pages in WAL mode, two frames, tables
WITHOUT ROWID, with AUTOINCREMENT, a generated column and FTS5, pinned. Both were verified by restoring them.

newer/ holds manifests of app's snapshot as a later dbrollback may write them.
"""
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

GOLDEN = os.path.join(os.path.dirname(os.path.realpath(__file__)), "format-1")
APP = "20261121T033253Z-v1.4.2-448d"
LEDGER = "20261121T033253Z-2026_11-47ee"


class Golden(dbr.Case):
    def setUp(self):
        super().setUp()
        shutil.copytree(GOLDEN, self.repo)

    def file(self, snapshot, name):
        return os.path.join(self.repo, "snapshots", snapshot, name)

    def exported(self, snapshot):
        file = self.path("exported.db")
        self.ok("export", snapshot, file)
        return file


class Format1(Golden):
    def test_it_is_listed(self):
        listed = {each["id"]: each for each in self.ok("list", "--json").json["snapshots"]}
        self.assertEqual(set(listed), {APP, LEDGER})
        app, ledger = listed[APP], listed[LEDGER]
        self.assertEqual((app["database"], app["app_version"], app["rows"], app["proof"], app["pinned"], app["damaged"]),
                         ("app", "v1.4.2", 3, "restored", False, False))
        self.assertEqual((ledger["database"], ledger["app_version"], ledger["rows"], ledger["raw_bytes"]),
                         ("ledger", "2026/11", 8010, 509 * 4096))
        self.assertEqual((ledger["pinned"], ledger["pin_reason"]), (True, "the end of the year"))

    def test_it_is_found_by_its_version(self):
        self.assertEqual(self.ok("show", "before:v1.4.2", "--database", "app", "--json").json["id"], APP)
        self.assertEqual(self.ok("show", "latest", "--database", "ledger", "--json").json["id"], LEDGER)

    def test_it_is_verified_by_restoring_it(self):
        report = self.ok("verify", "--all", "--level", "restored", "--json").json
        self.assertTrue(report["ok"])
        self.assertEqual([each["ok"] for each in report["snapshots"]], [True, True])
        # Its content hashes are those that were computed when it was made: they were compared.
        with open(self.file(APP, "proof.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["contents"],
                             [{"name": "note", "rows": 3, "hash": "8d3d8ab0217b9d74b0c4085436cd0dd8"}])

    def test_the_segment_of_another_snapshot_is_noticed(self):
        shutil.copy(self.file(LEDGER, "data-0000.seg"), self.file(APP, "data-0000.seg"))
        self.assertFalse(self.fails(3, "verify", APP, "--json").json["ok"])

    def test_it_is_exported(self):
        file = self.exported(APP)
        self.assertEqual(dbr.rows(file, "SELECT id, text, price, data FROM note ORDER BY id"),
                         [(-9223372036854775808, "", 0.0, b""), (1, "hello", 2.5, b"\x00\xff"), (2, "Grüße", None, None)])
        self.assertEqual(dbr.rows(file, "SELECT name FROM sqlite_schema ORDER BY name"), [("note",), ("note_text",)])
        self.assertEqual(dbr.rows(file, "PRAGMA page_size"), [(512,)])
        self.assertEqual(dbr.rows(file, "PRAGMA integrity_check"), [("ok",)])

    def test_one_of_several_frames_is_exported(self):
        file = self.exported(LEDGER)
        self.assertEqual(dbr.rows(file, "SELECT * FROM account"), [("assets", 4000), ("debts", -4000)])
        self.assertEqual(dbr.rows(file, "SELECT count(*), sum(amount), sum(twice), max(id) FROM entry"),
                         [(8000, 0, 0, 8000)])
        self.assertEqual(dbr.rows(file, "SELECT seq FROM sqlite_sequence WHERE name = 'entry'"), [(8000,)])
        self.assertEqual(dbr.rows(file, "SELECT text FROM memo WHERE memo MATCH 'ledger'"), [("a note about the ledger",)])
        self.assertEqual(dbr.rows(file, "PRAGMA integrity_check"), [("ok",)])

    def test_it_is_restored(self):
        target = self.path("restored.db")
        self.ok("restore", APP, "--into", target, "--yes")
        self.assertEqual(dbr.rows(target, "SELECT count(*) FROM note"), [(3,)])

    def test_snapshots_are_taken_beside_it(self):
        taken = self.snapshot(self.make("app.db"), "--app-version", "v2")
        self.assertEqual(len(self.ok("list", "--json").json["snapshots"]), 3)
        self.ok("verify", taken)

    def test_nothing_of_it_is_changed_by_reading(self):
        def contents():
            found = {}
            for snapshot in (APP, LEDGER):
                for name in ("data-0000.seg", "manifest.json", "manifest.sum", "pin.json"):
                    path = self.file(snapshot, name)
                    if os.path.exists(path):
                        with open(path, "rb") as file:
                            found[path] = file.read()
            return found
        before = contents()
        self.ok("list")
        self.ok("verify", "--all", "--level", "restored")
        self.exported(APP)
        self.assertEqual(contents(), before)

    def test_the_specification_shows_its_bytes(self):
        """Every byte in the dumps of docs/format.md stands there in the file."""
        with open(self.file(APP, "data-0000.seg"), "rb") as file:
            segment = file.read()
        with open(os.path.join(dbr.SOURCE, "docs", "format.md"), encoding="utf-8") as file:
            text = file.read()
        shown = set()
        for offset, bytes_there in re.findall(r"^([0-9a-f]{3})  ((?:[0-9a-f]{2} )+)", text, re.MULTILINE):
            at, dump = int(offset, 16), bytes.fromhex(bytes_there)
            self.assertEqual(segment[at:at + len(dump)], dump, offset)
            shown.update(range(at, at + len(dump)))
        self.assertTrue(shown.issuperset(range(144)), "the whole header")
        self.assertTrue(shown.issuperset(range(461, 645)), "the whole index and footer")
        for name in (APP, "5ce984e1ee4b35d728b81ce5271a1372", "8d3d8ab0217b9d74b0c4085436cd0dd8"):
            self.assertIn(name, text)


class Stream(dbr.Case):
    def test_it_is_a_tar_that_tar_unpacks_into_a_repository(self):
        self.init()
        stream = self.run_it("snapshot", "--database", self.make("app.db"), "--output", "-").raw
        done = subprocess.run(["tar", "-x", "-v", "-C", self.repo], input=stream, capture_output=True, check=True)
        names = done.stdout.decode().split()
        snapshot = names[0].split("/")[1]
        self.assertEqual(names, [f"snapshots/{snapshot}/{name}" for name in ("data-0000.seg", "manifest.sum", "manifest.json")])
        self.ok("verify", snapshot, "--level", "restored")


class Newer(Golden):
    """What a later dbrollback may write: refused as too new, never called damaged, and left as it is."""

    def becomes(self, kind):
        """Puts the manifest of newer/KIND, with a sum that fits, in the place of app's."""
        for name in ("manifest.json", "manifest.sum"):
            shutil.copy(os.path.join(os.path.dirname(GOLDEN), "newer", kind, name), self.file(APP, name))

    def is_refused(self, message):
        for words in (("verify", APP), ("export", APP, self.path("x.db")), ("show", APP),
                      ("restore", APP, "--into", self.path("x.db"), "--yes")):
            done = self.fails(1, *words)
            self.assertIn(message, done.err)
            self.assertNotIn("damage", done.err.lower())
        document = json.loads(self.fails(1, "show", APP, "--json").out)
        self.assertEqual((document["error"]["code"], document["exit"]), ("newer_format", 1))
        self.assertFalse(os.path.exists(self.path("x.db")))

    def test_a_newer_version_is_refused(self):
        self.becomes("version-2")
        self.is_refused("is of format 2; this program reads format 1")

    def test_a_required_feature_is_refused(self):
        self.becomes("required-parent")
        self.is_refused("is of format 1 with parent; this program reads format 1")

    def test_the_others_stay_readable(self):
        self.becomes("version-2")
        self.ok("verify", LEDGER)
        listed = {each["id"]: each["damaged"] for each in self.ok("list", "--json").json["snapshots"]}
        self.assertEqual(listed, {APP: False, LEDGER: False})
        self.ok("prune", "--keep-last", "1", "--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0", "--yes")
        self.assertTrue(os.path.exists(self.file(APP, "manifest.json")))

    def test_unknown_members_are_ignored(self):
        self.becomes("unknown-members")
        self.ok("verify", APP)

    def test_a_newer_repository_is_refused(self):
        marker = os.path.join(self.repo, "dbrollback.repository")
        with open(marker, encoding="utf-8") as file:
            document = json.load(file)
        document["format"]["version"] = 2
        with open(marker, "w", encoding="utf-8") as file:
            json.dump(document, file)
        for words in (("list",), ("verify", "--all"), ("snapshot", "--database", self.make("app.db"))):
            done = self.fails(1, *words)
            self.assertIn("is of format 2; this program knows format 1", done.err)
        document = json.loads(self.fails(1, "list", "--json").out)
        self.assertEqual(document["error"]["code"], "newer_format")


if __name__ == "__main__":
    dbr.main()
