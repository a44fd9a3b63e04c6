"""Restoring into a file that other processes have open: they see the old content or the new, or it refuses."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

import actors
import compare
import live
import versions

class Readers(live.Case):
    def reader_in_a_transaction(self):
        reader = actors.Connection(self, self.file)
        reader.do("BEGIN")
        self.assertEqual(reader.do("SELECT max(version) FROM a"), [[2]])
        return reader

    def poll(self, journal_mode):
        self.live(journal_mode)
        self.restore_while_they_read()

    def test_wal_readers_see_the_old_or_the_new(self):
        self.poll("wal")

    def test_rollback_journal_readers_see_the_old_or_the_new(self):
        self.poll("delete")

    def test_wal_a_reader_in_a_transaction_keeps_what_it_saw(self):
        self.live("wal")
        reader = self.reader_in_a_transaction()
        self.assert_restored(self.restore())
        self.assertEqual(reader.do("SELECT max(version), count(*) FROM a"), [[2, versions.OLD[2]]])
        self.assertEqual(reader.do("SELECT count(*) FROM c"), [[0]])
        reader.do("COMMIT")
        self.assertEqual(reader.do("SELECT max(version), count(*) FROM a"), [[1, versions.ROWS]])
        self.assertEqual(reader.do("INSERT INTO b(id, version) VALUES (-1, 'mine')"), [])
        self.assertEqual(compare.integrity(self.file), [b"ok"])

    def test_rollback_journal_a_reader_in_a_transaction_is_named(self):
        self.live("delete")
        reader = self.reader_in_a_transaction()
        done = self.restore("--lock-timeout", "300ms")
        self.assert_refused(done, reader, "database_locked")
        self.assertEqual(reader.do("SELECT max(version) FROM a"), [[2]])
        reader.do("COMMIT")
        self.assert_restored(self.restore())
        self.assertEqual(reader.do("SELECT max(version) FROM a"), [[1]])

    def test_a_writer_in_a_transaction_is_named(self):
        for mode in ("wal", "delete"):
            with self.subTest(mode):
                self.setUp()
                self.live(mode)
                writer = actors.Connection(self, self.file)
                writer.do("BEGIN IMMEDIATE")
                writer.do("INSERT INTO c VALUES ('in progress')")
                self.assert_refused(self.restore("--lock-timeout", "300ms"), writer, "database_locked")
                writer.do("COMMIT")
                self.assertEqual(writer.do("SELECT count(*) FROM c"), [[1]])
                self.assert_restored(self.restore())

class Connections(live.Case):
    """Idle connections survive, whatever journal modes the snapshot and the live file have."""

    def mixed(self, then, now):
        self.file = versions.make(self.path("app.db"), then)
        self.init()
        self.taken = self.snapshot(self.file)
        with sqlite3.connect(self.file) as connection:
            connection.execute(f"PRAGMA journal_mode={now}")
        connection.close()
        versions.migrate(self.file)
        idle = [actors.Connection(self, self.file) for _ in range(2)]
        for one in idle:
            self.assertEqual(one.do("SELECT max(version) FROM a"), [[2]])
        self.assertTrue(self.assert_restored(self.restore())["verified"])
        for one in idle:
            self.assertEqual(one.do("SELECT min(version), max(version) FROM a"), [[1, 1]])
            self.assertEqual(one.do("INSERT INTO line VALUES (?, 1)", one.pid), [])
        self.assertEqual(dbr.rows(self.file, "SELECT count(*) FROM line"), [(2,)])
        self.assertEqual(compare.integrity(self.file), [b"ok"])

    def test_wal_into_wal(self):
        self.mixed("wal", "wal")

    def test_wal_into_rollback_journal(self):
        self.mixed("wal", "delete")

    def test_rollback_journal_into_wal(self):
        self.mixed("delete", "wal")

    def test_rollback_journal_into_rollback_journal(self):
        self.mixed("delete", "delete")

    def test_truncate_into_persist(self):
        self.mixed("truncate", "persist")

    def test_inode_owner_and_mode_stay(self):
        for mode in ("wal", "delete"):
            with self.subTest(mode):
                self.setUp()
                self.live(mode)
                os.chmod(self.file, 0o640)
                if os.geteuid() == 0:
                    os.chown(self.file, 1234, 4321)
                holder = actors.Connection(self, self.file)
                holder.do("SELECT 1 FROM a")
                before = os.stat(self.file)
                self.assert_restored(self.restore())
                after = os.stat(self.file)
                for fact in ("st_ino", "st_uid", "st_gid", "st_mode", "st_dev"):
                    self.assertEqual(getattr(after, fact), getattr(before, fact), fact)
                for suffix in ("-wal", "-shm"):
                    if os.path.exists(self.file + suffix):
                        beside = os.stat(self.file + suffix)
                        self.assertEqual((beside.st_uid, beside.st_mode & 0o777), (before.st_uid, 0o640))

    def test_through_a_link_to_the_file(self):
        self.live("wal")
        os.symlink(self.file, self.path("link.db"))
        real, self.file = self.file, self.path("link.db")
        self.assert_restored(self.restore())
        self.assertTrue(os.path.islink(self.file))
        self.assertEqual(versions.state_of(real), versions.NEW)

    def test_the_state_before_comes_back(self):
        for mode in ("wal", "delete"):
            with self.subTest(mode):
                self.setUp()
                self.live(mode)
                holder = actors.Connection(self, self.file)
                holder.do("INSERT INTO c VALUES ('the last word')")
                before = self.assert_restored(self.restore())["snapshot_before"]
                self.assertEqual(dbr.rows(self.export(before), "SELECT x FROM c"), [("the last word",)])
                self.assert_restored(self.restore(taken=before), versions.OLD)
                self.assertEqual(holder.do("SELECT x FROM c"), [["the last word"]])

    def test_a_journal_that_persists_is_no_leftover(self):
        self.live("delete")
        with sqlite3.connect(self.file) as connection:
            connection.execute("PRAGMA journal_mode=PERSIST")
            connection.execute("INSERT INTO c VALUES (1)")
        connection.close()
        self.assertGreater(os.path.getsize(self.file + "-journal"), 0)
        result = self.assert_restored(self.restore())
        self.assertEqual(result["kept_aside"], [])
        self.assertEqual(versions.state_of(self.export(result["snapshot_before"])), versions.OLD)

    def test_into_another_database_that_is_in_use(self):
        self.live("wal")
        other = self.path("other.db")
        versions.make(other, "wal")
        versions.migrate(other)
        holder = actors.Connection(self, other)
        holder.do("INSERT INTO c VALUES ('only here')")
        before = os.stat(other).st_ino
        done = self.ok("restore", self.taken, "--into", other, "--database", self.file, "--yes", "--json").json
        self.assertEqual(versions.state_of(other), versions.NEW)
        self.assertEqual(versions.state_of(self.file), versions.OLD, "the live file is not concerned")
        self.assertEqual(holder.do("SELECT max(version) FROM a"), [[1]])
        self.assertEqual(os.stat(other).st_ino, before)
        self.assertEqual(dbr.rows(self.export(done["snapshot_before"]), "SELECT x FROM c"), [("only here",)])

    def test_the_state_before_may_take_longer_than_a_writer_may_wait(self):
        """Writers wait for the restore then, not for the snapshot of the state before."""
        for words in ((), ("--tables", "a")):
            with self.subTest(words):
                self.setUp()
                self.live("delete")
                done = self.restore(*words, env={"DBROLLBACK_MAX_WRITER_PAUSE": "1ms"})
                self.assertEqual(done.exit, 0, done)

    def test_a_file_that_shrinks_gives_its_room_back(self):
        for mode in ("wal", "delete"):
            with self.subTest(mode):
                self.setUp()
                self.live(mode)
                with sqlite3.connect(self.file) as connection:
                    connection.execute("CREATE TABLE large AS SELECT zeroblob(30000000) AS z")
                connection.close()
                self.assert_restored(self.restore())
                self.assertLess(os.path.getsize(self.file), 20_000_000)


class Form(live.Case):
    """Another page size or text encoding than the live file's."""

    def reshape(self, then, now, journal_then="delete", journal_now="delete"):
        """A snapshot of a database in one form, and a live file in another."""
        self.file = versions.make(self.path("app.db"), journal_then, **then)
        self.init()
        self.taken = self.snapshot(self.file)
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(self.file + suffix):
                os.remove(self.file + suffix)
        versions.make(self.file, journal_now, **now)
        versions.migrate(self.file)

    def holder(self):
        holder = actors.Connection(self, self.file)
        self.assertEqual(holder.do("SELECT max(version) FROM a"), [[2]])
        return holder

    def test_another_page_size_on_wal_with_a_connection_open(self):
        self.reshape({"page_size": 1024}, {"page_size": 8192}, "wal", "wal")
        holder = self.holder()
        self.assert_refused(self.restore(), holder, "open_elsewhere")
        self.assertEqual(dbr.rows(self.file, "PRAGMA journal_mode"), [("wal",)])
        holder.do("INSERT INTO c VALUES (1)")

    def test_another_page_size_on_wal_alone(self):
        for journal_then in ("wal", "delete"):
            with self.subTest(journal_then):
                self.setUp()
                self.reshape({"page_size": 1024}, {"page_size": 8192}, journal_then, "wal")
                self.assertTrue(self.assert_restored(self.restore())["verified"])
                self.assertEqual(dbr.rows(self.file, "PRAGMA page_size"), [(1024,)])
                self.assertEqual(dbr.rows(self.file, "PRAGMA journal_mode"), [("wal",)])

    def test_another_page_size_on_a_rollback_journal(self):
        for page_size in (512, 65536):
            with self.subTest(page_size):
                self.setUp()
                self.reshape({"page_size": page_size}, {"page_size": 4096})
                holder = self.holder()
                self.assertTrue(self.assert_restored(self.restore())["verified"])
                self.assertEqual(holder.do("SELECT min(version), max(version), count(*) FROM a"), [[1, 1, versions.ROWS]])
                self.assertEqual(holder.do("INSERT INTO line VALUES (1, 1)"), [])
                self.assertEqual(compare.integrity(self.file), [b"ok"])

    def test_another_encoding_with_a_connection_open(self):
        for mode in ("wal", "delete"):
            with self.subTest(mode):
                self.setUp()
                self.reshape({"encoding": "UTF-16le"}, {"encoding": "UTF-8"}, mode, mode)
                holder = self.holder()
                self.assert_refused(self.restore(), holder, "open_elsewhere")
                holder.do("INSERT INTO c VALUES (1)")

    def test_another_encoding_alone(self):
        for mode in ("wal", "delete"):
            for encoding in ("UTF-16le", "UTF-16be", "UTF-8"):
                with self.subTest(f"{mode} {encoding}"):
                    self.setUp()
                    now = "UTF-8" if encoding != "UTF-8" else "UTF-16le"
                    self.reshape({"encoding": encoding}, {"encoding": now}, mode, mode)
                    self.assertTrue(self.assert_restored(self.restore())["verified"])
                    self.assertEqual(dbr.rows(self.file, "PRAGMA encoding"), [(encoding,)])

    def test_readers_see_the_old_or_the_new_form(self):
        for form, journal_then in (({"page_size": 1024}, "delete"), ({}, "wal"), ({"page_size": 16384}, "wal")):
            with self.subTest(f"{form} {journal_then}"):
                self.setUp()
                self.reshape(form, {}, journal_then, "delete")
                self.restore_while_they_read()

    def test_another_auto_vacuum(self):
        self.file = self.path("app.db")
        with sqlite3.connect(self.file) as connection:
            connection.execute("PRAGMA auto_vacuum=FULL")
        connection.close()
        versions.make(self.file)
        self.init()
        self.taken = self.snapshot(self.file)
        os.remove(self.file)
        versions.make(self.file)
        versions.migrate(self.file)
        holder = self.holder()
        self.assertTrue(self.assert_restored(self.restore())["verified"])
        self.assertEqual(dbr.rows(self.file, "PRAGMA auto_vacuum"), [(1,)])
        self.assertEqual(holder.do("DELETE FROM a"), [])
        self.assertEqual(compare.integrity(self.file), [b"ok"])


if __name__ == "__main__":
    dbr.main()
