"""Snapshots of a database that has hardly changed: they cost little, and every command treats them as whole."""
import os
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402


class Repeats(dbr.Case):
    def setUp(self):
        super().setUp()
        self.init()
        self.file = self.make(
            "app.db", "PRAGMA journal_mode = WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT, n INT)",
            "CREATE INDEX t_n ON t(n)",
            "WITH RECURSIVE i(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM i WHERE x < 100000) "
            "INSERT INTO t SELECT x, hex(randomblob(100)), x % 77 FROM i")

    def change(self, *statements):
        with sqlite3.connect(self.file) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    def take(self, *words):
        return self.ok("snapshot", "--database", self.file, "--json", *words).json

    def segments(self, snapshot):
        return sum(each["bytes"] for each in snapshot["segments"])

    def content(self, file=None):
        return dbr.rows(file or self.file, "SELECT * FROM t ORDER BY id")

    def restored(self, snapshot):
        target = self.path("restored-" + snapshot["id"])
        self.ok("restore", snapshot["id"], "--into", target, "--database", self.file, "--yes")
        self.assertEqual(dbr.rows(target, "PRAGMA integrity_check"), [("ok",)])
        return self.content(target)

    def test_an_unchanged_database_costs_nothing(self):
        first, second = self.take(), self.take()
        self.assertEqual(self.segments(second), 0)
        self.assertLess(second["stored_bytes"], first["stored_bytes"] / 1000)
        self.assertEqual(second["parent"], first["id"])
        self.assertEqual(second["holders"], [first["id"]])
        self.assertEqual(second["rows"], first["rows"])
        self.assertEqual(self.restored(second), self.content())

    def test_states_that_follow_one_another_come_back_each(self):
        states = []
        for i in range(6):
            snapshot = self.take()
            states.append((snapshot, self.content()))
            self.change(f"UPDATE t SET v = 'state {i}' WHERE id % 997 = {i}",
                        f"INSERT INTO t(v, n) SELECT v || 'x', {i} FROM t WHERE id < 200",
                        f"DELETE FROM t WHERE id BETWEEN {40000 + i * 50} AND {40040 + i * 50}")
        for snapshot, content in states[1:]:
            self.assertLess(self.segments(snapshot), self.segments(states[0][0]) / 2)
        for snapshot, content in states:
            self.assertEqual(self.restored(snapshot), content)
            for level in ("stored", "content", "restored"):
                self.ok("verify", snapshot["id"], "--level", level)
        # A restore into the live file, a comparison and an export do not notice either.
        snapshot, content = states[3]
        self.ok("restore", snapshot["id"], "--database", self.file, "--yes")
        self.assertEqual(self.content(), content)
        self.assertEqual(self.ok("diff", snapshot["id"], "live", "--database", self.file, "--json").json["tables"], [])
        self.ok("export", states[2][0]["id"], self.path("export.db"))
        self.assertEqual(self.content(self.path("export.db")), states[2][1])

    def test_prune_keeps_what_others_refer_to(self):
        first = self.take()
        self.change("UPDATE t SET v = 'x' WHERE id = 5")
        second = self.take()
        self.change("UPDATE t SET v = 'y' WHERE id = 5")
        third = self.take()
        rules = ["--keep-last", "1", "--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0"]
        said = self.ok("prune", "--yes", *rules).out
        self.assertRegex(said, rf"{first['id']} .* keep +holds pages of 1 snapshot that stays")
        held = [each["id"] for each in self.ok("list", "--json").json["snapshots"]]
        self.assertEqual(held, [first["id"], third["id"]])
        self.assertNotIn(second["id"], held)
        self.assertEqual(self.restored(third), self.content())
        # One that stands alone ends it.
        full = self.take("--full")
        self.assertIsNone(full["parent"])
        self.ok("prune", "--yes", *rules)
        self.assertEqual([each["id"] for each in self.ok("list", "--json").json["snapshots"]], [full["id"]])
        self.ok("verify", full["id"], "--level", "content")

    def test_damage_of_a_holder_is_named_in_whoever_needs_it_and_ends_the_chain(self):
        first, second = self.take(), self.take()
        segment = os.path.join(self.repo, "snapshots", first["id"], "data-0000.seg")
        with open(segment, "r+b") as file:
            file.seek(5000)
            byte = file.read(1)
            file.seek(5000)
            file.write(bytes([byte[0] ^ 1]))
        before = self.content()
        said = self.fails(3, "verify", second["id"], "--level", "stored", "--json").json["snapshots"][0]["damage"]
        self.assertRegex(said[0]["object"], rf"^pages \d+ to \d+ in data-0000.seg of {first['id']}$")
        self.fails(3, "restore", second["id"], "--database", self.file, "--yes")
        self.assertEqual(self.content(), before)
        self.fails(3, "verify", first["id"], "--level", "stored")
        third = self.take()
        self.assertIsNone(third["parent"])
        self.ok("verify", third["id"], "--level", "content")

    def test_without_its_holder_it_says_so(self):
        first, second = self.take(), self.take()
        shutil.rmtree(os.path.join(self.repo, "snapshots", first["id"]))
        done = self.fails(3, "verify", second["id"])
        self.assertIn(f"holder {first['id']}", done.out + done.err)
        self.assertIsNone(self.take()["parent"])

    def test_a_lost_secret_only_costs_a_full_snapshot(self):
        self.take()
        os.remove(os.path.join(self.repo, "page-tags.key"))
        self.assertIsNone(self.take()["parent"])
        self.assertIsNotNone(self.take()["parent"])
        with open(os.path.join(self.repo, "page-tags.key"), "w") as file:
            file.write("not a document")
        done = self.ok("snapshot", "--database", self.file, "--json")
        self.assertIsNone(done.json["parent"])
        self.assertIn("page-tags.key", done.err)

    def test_a_stream_stands_alone(self):
        self.take()
        with open(self.path("stream.tar"), "wb") as out:
            self.ok("snapshot", "--output", "-", "--database", self.file, stdout=out)
        with open(self.path("stream.tar"), "rb") as stream:
            self.ok("restore", "--input", "-", "--into", self.path("new.db"), "--database", self.file, "--yes", stdin=stream)
        self.assertEqual(self.content(self.path("new.db")), self.content())

    def test_chains_end(self):
        self.take()
        taken = []
        for i in range(18):
            self.change(f"UPDATE t SET v = {i} WHERE id = {i * 5000 + 1}")
            taken.append(self.take())
        self.assertLessEqual(max(len(each["holders"]) for each in taken), 16)
        self.assertEqual(len([each for each in taken if each["parent"] is None]), 1)

    def test_the_way_out_leads_through_holders(self):
        self.take()
        self.change("UPDATE t SET v = 'second' WHERE id % 900 = 1")
        self.take()
        self.change("UPDATE t SET v = 'third' WHERE id % 900 = 2")
        third = self.take()
        unpack = os.path.join(dbr.SOURCE, "tools", "unpack.py")
        subprocess.run([sys.executable, unpack, os.path.join(self.repo, "snapshots", third["id"]), self.path("out.db")],
                       check=True)
        self.ok("export", third["id"], self.path("export.db"))
        with open(self.path("out.db"), "rb") as ours, open(self.path("export.db"), "rb") as exported:
            self.assertEqual(ours.read(), exported.read())

    def hurt(self, snapshot):
        """Flips a byte of a page that no later snapshot stores."""
        segment = os.path.join(self.repo, "snapshots", snapshot["id"], "data-0000.seg")
        with open(segment, "r+b") as file:
            file.seek(9_000_000)
            byte = file.read(1)
            file.seek(9_000_000)
            file.write(bytes([byte[0] ^ 1]))

    def test_a_snapshot_after_damage_was_found_does_not_inherit_it(self):
        first = self.take()
        for i in range(2):
            self.change(f"UPDATE t SET v = 'x' WHERE id = {i + 1}")
            last = self.take()
        self.hurt(first)
        self.fails(3, "verify", last["id"])  # known of the last one alone
        fresh = self.take()
        self.assertIsNone(fresh["parent"])
        self.ok("verify", fresh["id"], "--level", "content")

    def test_damage_that_a_restore_finds_is_known_afterwards(self):
        first, second = self.take(), self.take()
        self.hurt(first)
        self.fails(3, "restore", second["id"], "--database", self.file, "--yes")
        listed = {each["id"]: each for each in self.ok("list", "--json").json["snapshots"]}
        self.assertTrue(listed[second["id"]]["damaged"])
        self.assertIsNone(self.take()["parent"])

    def test_the_state_before_a_restore_is_a_way_back_in_any_case(self):
        good = self.take("--full")
        self.change("UPDATE t SET v = 'since' WHERE id = 7")
        self.hurt(self.take("--full"))
        now = self.content()
        before = self.ok("restore", good["id"], "--database", self.file, "--yes", "--json").json["snapshot_before"]
        self.ok("restore", before, "--database", self.file, "--yes")
        self.assertEqual(self.content(), now)

    def test_a_holder_without_a_manifest_is_not_swept_away(self):
        first, second = self.take(), self.take()
        for name in ("manifest.json", "manifest.sum"):
            os.remove(os.path.join(self.repo, "snapshots", first["id"], name))
        self.take()
        self.ok("verify", second["id"], "--level", "content")
        self.assertIn(first["id"], self.fails(1, "doctor", "--database", self.file).out)

    def test_what_lies_beside_keeps_nobody_from_restoring(self):
        first = self.take()
        folder = os.path.join(self.repo, "snapshots", first["id"])
        with open(os.path.join(folder, "notes.txt"), "w") as file:
            file.write("mine")
        os.remove(os.path.join(folder, "pages.tag"))
        self.fails(3, "verify", first["id"])
        done = self.ok("restore", first["id"], "--into", self.path("new.db"), "--database", self.file, "--yes")
        self.assertIn("notes.txt", done.err)
        self.assertIn("its data is whole", done.err)

    def test_an_empty_database_where_there_was_one_is_said(self):
        self.take()
        os.remove(self.file)
        for suffix in ("-wal", "-shm"):
            if os.path.exists(self.file + suffix):
                os.remove(self.file + suffix)
        open(self.file, "w").close()
        self.assertIn("has no tables", self.ok("snapshot", "--database", self.file).err)


if __name__ == "__main__":
    dbr.main()
