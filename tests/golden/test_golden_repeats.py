"""Snapshots that refer to the pages of earlier ones stay readable for good.

format-1-repeats/ is a repository that dbrollback 0.1.0 made: three snapshots of a database of 301 pages of 64 KiB, most of
them zeros. v1 stands alone, v2 has three pages of its own and refers to v1 for the others, v3 has two changed and some new
ones, and refers to both. page-tags.key is the secret of this repository, and of no other.
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

GOLDEN = os.path.join(os.path.dirname(os.path.realpath(__file__)), "format-1-repeats")
V1, V2, V3 = "20261121T201050Z-v1-f21b", "20261121T201051Z-v2-570a", "20261121T201051Z-v3-4909"
NAMES = "SELECT id, name FROM photo WHERE id IN (9, 10, 11, 200, 250, 301) ORDER BY id"
FIRST = {id: f"photo {id}" for id in (9, 10, 11, 200, 250)}
SECOND = {**FIRST, **{id: "changed once" for id in (10, 11, 200)}}
THIRD = {**SECOND, 11: "changed twice", 250: "changed twice", 301: "new"}


class Repeats(dbr.Case):
    def setUp(self):
        super().setUp()
        shutil.copytree(GOLDEN, self.repo)

    def test_each_comes_back(self):
        self.assertTrue(self.ok("verify", "--all", "--level", "restored", "--json").json["ok"])
        for snapshot, names, rows in ((V1, FIRST, 300), (V2, SECOND, 300), (V3, THIRD, 301)):
            with self.subTest(snapshot):
                exported, restored = self.path(snapshot + ".db"), self.path(snapshot + "-restored.db")
                self.ok("export", snapshot, exported)
                self.ok("restore", snapshot, "--into", restored, "--yes")
                for file in (exported, restored):
                    self.assertEqual(dict(dbr.rows(file, NAMES)), names)
                    self.assertEqual(dbr.rows(file, "SELECT count(*), sum(length(data)) FROM photo"),
                                     [(rows, rows * 60000)])
                    self.assertEqual(dbr.rows(file, "PRAGMA integrity_check"), [("ok",)])

    def test_what_they_refer_to_is_kept(self):
        keeping = ("--keep-last", "1", "--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0", "--yes")
        self.assertIn("holds pages of 2 snapshots that stay", self.ok("prune", *keeping).out)
        self.assertEqual([each["id"] for each in self.ok("list", "--json").json["snapshots"]], [V1, V2, V3])
        self.assertTrue(self.ok("verify", V3, "--level", "restored", "--json").json["ok"])

    def test_a_damaged_holder_is_named(self):
        with open(os.path.join(self.repo, "snapshots", V1, "data-0000.seg"), "r+b") as file:
            file.seek(1000)
            byte = file.read(1)
            file.seek(1000)
            file.write(bytes([byte[0] ^ 1]))
        for snapshot in (V2, V3):
            self.assertIn(V1, self.fails(3, "verify", snapshot).err + self.fails(3, "verify", snapshot).out)


if __name__ == "__main__":
    dbr.main()
