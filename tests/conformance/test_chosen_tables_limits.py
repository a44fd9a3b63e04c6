"""`restore --tables`: what it refuses, and which kinds of tables it can restore."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

import compare
import shop
import zoo


class Orphans(shop.Shop):
    def setUp(self):
        super().setUp()
        self.run_sql("INSERT INTO customer(name) VALUES ('Eve'); INSERT INTO orders VALUES (9, 4, 1.0)")

    def test_they_are_refused(self):
        with open(self.file, "rb") as opened:
            before = opened.read()
        done = self.restore("customer")
        self.assertEqual(done.exit, 4, done)
        error = done.json["error"]
        self.assertEqual(error["code"], "orphans")
        self.assertIn("orders -> customer: 1", error["message"])
        self.assertIn("--allow-orphans", error["next"])
        with open(self.file, "rb") as opened:
            self.assertEqual(opened.read(), before)

    def test_they_are_allowed(self):
        self.restored("customer", words=["--allow-orphans"])
        self.assertEqual(self.rows("SELECT count(*) FROM pragma_foreign_key_check"), [(1,)])

    def test_orphans_that_were_there_before_do_not_count(self):
        self.run_sql("INSERT INTO orders VALUES (10, 77, 1.0); DELETE FROM orders WHERE id = 9")
        self.restored("customer")

    def test_with_the_other_table_there_are_none(self):
        self.restored("customer", "orders")

    def test_other_orphans_in_the_place_of_those_before(self):
        """As many as before, but others."""
        self.run_sql("INSERT INTO customer(id, name) VALUES (500, 'Fay'); INSERT INTO orders VALUES (11, 500, 1.0), (12, 2, 1.0); "
                     "DELETE FROM customer WHERE id = 2; DELETE FROM orders WHERE id IN (3, 9)")
        self.assertEqual(self.rows("SELECT count(*) FROM pragma_foreign_key_check"), [(1,)])
        done = self.restore("customer")
        self.assertEqual(done.exit, 4, done)

    def test_a_foreign_key_that_can_never_hold_is_no_obstacle(self):
        self.run_sql("CREATE TABLE odd(x REFERENCES note(text)); INSERT INTO odd VALUES ('five'); DELETE FROM orders WHERE id = 9")
        self.restored("customer")


class Refusals(dbr.Case):
    def setUp(self):
        super().setUp()
        self.file = self.path("zoo.db")
        zoo.make("full_text", self.file)
        with sqlite3.connect(self.file) as connection:
            connection.execute("CREATE TABLE plain(id INTEGER PRIMARY KEY AUTOINCREMENT)")
            connection.execute("CREATE VIEW v AS SELECT 1")
        connection.close()
        self.init()
        self.taken = self.snapshot(self.file)
        with open(self.file, "rb") as opened:
            self.before = opened.read()

    def refused(self, status, code, table):
        done = self.fails(status, "restore", self.taken, "--database", self.file, "--yes", "--json", "--tables", table)
        self.assertEqual(done.json["error"]["code"], code)
        with open(self.file, "rb") as opened:
            self.assertEqual(opened.read(), self.before)

    def test_a_virtual_table(self):
        self.refused(4, "table_not_restorable", "f5")

    def test_what_is_behind_a_virtual_table(self):
        self.refused(4, "table_not_restorable", "f5_content")

    def test_a_table_of_sqlite(self):
        self.refused(4, "table_not_restorable", "sqlite_sequence")

    def refused_in(self, then, now, status, code, table):
        """A snapshot of one animal, and a live file with the other."""
        for animal in (then, now):
            os.remove(self.file)
            zoo.make(animal, self.file)
            if animal == then:
                self.taken = self.snapshot(self.file)
        with open(self.file, "rb") as opened:
            self.before = opened.read()
        self.refused(status, code, table)

    def test_an_index_whose_order_only_the_application_knows(self):
        animal = "a_collation_of_the_application"
        self.refused_in(animal, animal, 4, "table_not_restorable", "t")

    def test_an_index_that_only_the_application_can_compute(self):
        animal = "a_function_of_the_application"
        self.refused_in(animal, animal, 1, "sqlite", "t")

    def test_a_snapshot_in_another_text_encoding(self):
        self.refused_in("encoding_utf_16le", "encoding_utf_8", 4, "table_not_restorable", "words")

    def test_a_name_that_something_else_has_now(self):
        with sqlite3.connect(self.file) as connection:
            connection.execute("CREATE TABLE orders(a)")
            connection.execute("CREATE INDEX by_a ON orders(a)")
        self.taken = self.snapshot(self.file)
        for change in ("ALTER TABLE orders RENAME TO orders_before", "CREATE VIEW orders AS SELECT 1"):
            with sqlite3.connect(self.file) as connection:
                connection.execute(change)
            connection.close()
            with open(self.file, "rb") as opened:
                self.before = opened.read()
            self.refused(1, "sqlite", "orders")

    def test_one_that_is_not_there(self):
        self.refused(2, "no_such_table", "nothing_like_this")

    def test_a_view(self):
        self.refused(2, "no_such_table", "v")


class Zoo(dbr.Case):
    """Tables of every kind that can be restored alone."""

    def trip(self, animal):
        file = self.path("animal.db")
        zoo.make(animal, file)
        self.init()
        taken = self.snapshot(file)
        self.ok("export", taken, "then.db")
        connection = compare.open_raw(file)
        tables = [table for table, _ in compare.tables(connection) if not table.startswith("sqlite_") and '"' not in table]
        connection.close()
        for change in ("DELETE FROM {}", "DROP TABLE {}"):
            connection = sqlite3.connect(file, isolation_level=None)
            for table in tables:
                connection.execute(change.format(compare.quoted(table)))
            connection.close()
            chosen = [word for table in tables for word in ("--tables", compare.quoted(table))]
            self.ok("restore", taken, "--database", file, "--yes", *chosen)
            left, right = compare.open_raw(file), compare.open_raw(self.path("then.db"))
            for table, has_rowid in compare.tables(right):
                if table in tables:
                    self.assertEqual(list(compare.rows(left, table, has_rowid)), list(compare.rows(right, table, has_rowid)))
            left.close()
            right.close()
            self.assertEqual(compare.integrity(file), [b"ok"])
            self.ok("verify", "--latest", "--level", "content")

    def test_generated_columns(self):
        self.trip("generated_columns")

    def test_strict(self):
        self.trip("strict")

    def test_without_rowid(self):
        self.trip("without_rowid")

    def test_numbers(self):
        self.trip("numbers")

    def test_invalid_text(self):
        self.trip("invalid_text")

    def test_indexes(self):
        self.trip("indexes")

    def test_utf_16(self):
        self.trip("encoding_utf_16le")

    def test_names(self):
        self.trip("names")


if __name__ == "__main__":
    dbr.main()
