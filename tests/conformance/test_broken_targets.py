"""Restoring into a file that is no longer a database: it works, and what was there is kept."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

import actors
import compare
import live
import versions


def content(file):
    with open(file, "rb") as opened:
        return opened.read()


def write(file, data):
    """In place: the inode stays."""
    with open(file, "r+b") as opened:
        opened.truncate(0)
        opened.write(data)


class Case(live.Case):
    def setUp(self):
        super().setUp()
        self.live("delete")
        self.whole = content(self.file)
        os.chmod(self.file, 0o640)

    def there(self):
        """What is in the folder of the live file, by name."""
        return {name: content(self.path(name)) for name in os.listdir(self.at) if name.startswith("app.db")}

    def assert_is_the_snapshot(self):
        self.assertIsNone(compare.different_page(self.file, self.export(self.taken)))
        self.assertIsNone(compare.different_content(self.file, self.export(self.taken)))
        self.assertEqual(versions.state_of(self.file), versions.NEW)
        self.assertFalse(os.path.exists(self.file + "-wal"))

    def assert_kept_aside(self, data, beside=None):
        """`data` was in the file, and `beside` in files with other names' ends; all is kept, nothing else is left."""
        broken = {"": data, **(beside or {})}
        write(self.file, data)
        for suffix, of_it in (beside or {}).items():
            with open(self.file + suffix, "wb") as opened:
                opened.write(of_it)
        before = os.stat(self.file)
        plan = self.ok("restore", self.taken, "--database", self.file, "--json", "--dry-run").json["plan"]
        self.assertEqual(plan["kind"], "replace")
        self.assertTrue(plan["why"])
        self.assertEqual({suffix: content(self.file + suffix) for suffix in broken}, broken, "a dry run changes nothing")
        done = self.restore()
        self.assertEqual(done.exit, 0, done)
        result = done.json
        self.assertTrue(result["verified"])
        kept = {file: content(file) for file in result["kept_aside"]}
        self.assertEqual(sorted(kept.values()), sorted(broken.values()))
        base = result["kept_aside"][0]
        self.assertTrue(base.startswith(self.file + ".before-restore-"), base)
        self.assertEqual({file[len(base):]: of_it for file, of_it in kept.items()}, broken)
        self.assertEqual(set(self.there()), {os.path.basename(file) for file in [self.file, *kept]})
        self.assert_is_the_snapshot()
        after = os.stat(self.file)
        self.assertEqual((after.st_ino, after.st_mode, after.st_uid), (before.st_ino, before.st_mode, before.st_uid))
        return result

    def assert_state_kept(self, data):
        """SQLite can still open it: a snapshot is taken of what was there."""
        write(self.file, data)
        before = os.stat(self.file)
        done = self.restore()
        self.assertEqual(done.exit, 0, done)
        self.assertEqual(done.json["kept_aside"], [])
        self.assertTrue(done.json["verified"])
        self.assert_is_the_snapshot()
        self.assertEqual(os.stat(self.file).st_ino, before.st_ino)
        return done.json["snapshot_before"]


class Replaced(Case):
    def test_the_magic_is_overwritten(self):
        self.assert_kept_aside(b"this is no more " + self.whole[16:])

    def test_the_header_is_overwritten_with_noise(self):
        self.assert_kept_aside(bytes(range(7, 107)) + self.whole[100:])

    def test_the_rest_of_the_header_is_zero(self):
        self.assert_kept_aside(self.whole[:16] + bytes(84) + self.whole[100:])

    def test_the_first_page_is_zero(self):
        self.assert_kept_aside(bytes(4096) + self.whole[4096:])

    def test_the_root_of_the_schema_is_noise(self):
        self.assert_kept_aside(self.whole[:100] + b"\xee" * 3996 + self.whole[4096:])

    def test_cut_in_half(self):
        self.assert_kept_aside(self.whole[:len(self.whole) // 2])

    def test_cut_within_the_first_page(self):
        for length in (1, 50, 100, 700, 4095):
            with self.subTest(length):
                self.setUp()
                self.assert_kept_aside(self.whole[:length])

    def test_another_kind_of_file(self):
        self.assert_kept_aside(b"<!DOCTYPE html>\n" * 1000)

    def test_noise(self):
        self.assert_kept_aside(os.urandom(100_000))

    def test_a_wal_of_another_database(self):
        other = self.path("other.db")
        holder = actors.Connection(self, other)
        holder.do("PRAGMA journal_mode=WAL")
        holder.do("CREATE TABLE a(id, version)")
        holder.do("INSERT INTO a VALUES (1, 'of another database')")
        self.assert_kept_aside(self.whole, {"-wal": content(other + "-wal")})

    def test_its_own_old_wal(self):
        """What a copy of the main file alone leaves behind."""
        with sqlite3.connect(self.file) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.close()
        holder = actors.Connection(self, self.file)
        holder.do("PRAGMA wal_autocheckpoint=0")
        holder.do("UPDATE a SET version = 'in the -wal'")
        old = content(self.file + "-wal")
        holder.kill()
        os.remove(self.file + "-wal")
        os.remove(self.file + "-shm")
        self.assertGreater(len(old), 100_000)
        self.assert_kept_aside(content(self.file), {"-wal": old})

    def test_a_journal_of_another_database(self):
        other = self.path("other.db")
        versions.make(other)
        holder = actors.Connection(self, other)
        holder.do("PRAGMA cache_size=5")
        holder.do("BEGIN IMMEDIATE")
        holder.do("UPDATE a SET filler = zeroblob(3000)")
        journal = content(other + "-journal")
        holder.kill()
        self.assertGreater(len(journal), 512)
        self.assert_kept_aside(self.whole, {"-journal": journal})

    def test_a_broken_file_and_a_wal(self):
        self.assert_kept_aside(self.whole[:5000], {"-wal": b"left over"})


class StillADatabase(Case):
    def test_garbage_appended(self):
        before = self.assert_state_kept(self.whole + b"garbage" * 10_000)
        self.assertEqual(versions.state_of(self.export(before)), versions.OLD)

    def test_a_page_appended(self):
        before = self.assert_state_kept(self.whole + b"\xff" * 4096)
        self.assertEqual(versions.state_of(self.export(before)), versions.OLD)

    def test_zero_length(self):
        before = self.assert_state_kept(b"")
        self.assertEqual(os.path.getsize(self.export(before)), 0)

    def test_a_damaged_page_in_the_middle(self):
        middle = len(self.whole) // 8192 * 4096
        damaged = self.whole[:middle] + b"\xee" * 4096 + self.whole[middle + 4096:]
        before = self.assert_state_kept(damaged)
        copy = self.path("damaged.db")
        with open(copy, "wb") as opened:
            opened.write(damaged)
        self.assertIsNone(compare.different_page(self.export(before), copy), "as damaged as it was")

    def test_every_page_but_the_first_damaged(self):
        self.assert_state_kept(self.whole[:4096] + b"\xee" * (len(self.whole) - 4096))

    def test_gone(self):
        os.remove(self.file)
        done = self.restore()
        self.assertEqual(done.exit, 0, done)
        self.assertIsNone(done.json["snapshot_before"])
        self.assert_is_the_snapshot()


class Refused(Case):
    def assert_untouched(self, data):
        self.assertEqual(self.there(), {"app.db": data})

    def test_a_broken_file_that_a_process_has_open(self):
        for data in (b"this is no more " + self.whole[16:], self.whole[:len(self.whole) // 2], b"x"):
            with self.subTest(data[:8]):
                self.setUp()
                holder = actors.Connection(self, self.file)
                self.assertEqual(holder.do("SELECT 1"), [[1]])
                write(self.file, data)
                done = self.restore()
                self.assertEqual(done.exit, 5, done)
                self.assertIn(str(holder.pid), done.json["error"]["message"])
                self.assert_untouched(data)

    def test_without_a_yes(self):
        data = self.whole[:1000]
        write(self.file, data)
        self.fails(4, "restore", self.taken, "--database", self.file)
        self.assert_untouched(data)

    def test_chosen_tables(self):
        data = self.whole[:1000]
        write(self.file, data)
        done = self.restore("--tables", "a")
        self.assertEqual(done.exit, 4, done)
        self.assertEqual(done.json["error"]["code"], "no_target")
        self.assert_untouched(data)

    def test_a_folder(self):
        os.remove(self.file)
        os.mkdir(self.file)
        done = self.restore()
        self.assertIn(done.exit, (1, 4), done)
        self.assertEqual(os.listdir(self.file), [])

    def test_a_damaged_snapshot_is_noticed_before(self):
        segments = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(self.repo, "snapshots", self.taken))
                    for name in names if name.endswith(".seg") or name.startswith("0")]
        self.assertTrue(segments, os.listdir(self.repo))
        os.chmod(segments[0], 0o600)
        data = bytearray(content(segments[0]))
        data[len(data) // 2] ^= 1
        write(segments[0], data)
        write(self.file, self.whole[:1000])
        done = self.restore()
        self.assertEqual(done.exit, 3, done)
        self.assert_untouched(self.whole[:1000])


class WithoutASnapshotBefore(Case):
    def test_what_is_broken_is_kept_even_so(self):
        write(self.file, self.whole[:1000])
        done = self.restore("--no-snapshot-before")
        self.assertEqual(done.exit, 0, done)
        self.assertEqual([content(file) for file in done.json["kept_aside"]], [self.whole[:1000]])
        self.assert_is_the_snapshot()

    def test_what_is_not_broken_goes(self):
        done = self.restore("--no-snapshot-before")
        self.assertEqual(done.exit, 0, done)
        self.assertIsNone(done.json["snapshot_before"])
        self.assertEqual(done.json["kept_aside"], [])
        self.assert_is_the_snapshot()


if __name__ == "__main__":
    dbr.main()
