"""`restore --tables`: these tables and nothing else, in one transaction."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

import actors
import shop


class Choice(shop.Shop):
    def test_only_these_tables(self):
        self.run_sql("UPDATE customer SET name = 'overwritten'; UPDATE orders SET total = 0; UPDATE note SET text = 'new'")
        schema = self.schema()
        result = self.restored("customer")
        self.assertEqual((result["tables"], result["rows"]), (1, 3))
        self.assertEqual(self.rows("SELECT DISTINCT total FROM orders"), [(0.0,)])
        self.assertEqual(self.rows("SELECT DISTINCT text FROM note"), [("new",)])
        self.assertEqual(self.schema(), schema)
        self.ok("export", result["snapshot_before"], "before.db")
        self.assertEqual(self.rows("SELECT DISTINCT name FROM customer", self.path("before.db")), [("overwritten",)])

    def test_several(self):
        self.run_sql("DELETE FROM orders; DELETE FROM note; DELETE FROM customer")
        self.restored("customer", "orders", "note")

    def test_a_table_that_a_migration_dropped(self):
        self.run_sql("DROP VIEW big; DROP TABLE orders")
        self.restored("orders")
        self.assertEqual([name for _, name, _, _ in self.schema() if "orders" in name], ["orders_by_customer", "orders"])

    def test_changed_columns(self):
        self.run_sql("ALTER TABLE customer DROP COLUMN name; ALTER TABLE customer ADD COLUMN nick DEFAULT 'n'; "
                     "CREATE INDEX by_nick ON customer(nick)")
        self.restored("customer")
        then = [row for row in self.schema(self.path("then.db")) if row[2] == "customer"]
        self.assertEqual([row for row in self.schema() if row[2] == "customer"], then)

    def test_renamed_columns_and_another_index(self):
        self.run_sql("ALTER TABLE orders RENAME COLUMN total TO sum; DROP INDEX orders_by_customer")
        self.restored("orders")
        self.assertEqual(self.rows("SELECT id FROM orders WHERE total > 50 ORDER BY 1"), [(2,), (3,)])
        self.assertEqual(len([row for row in self.schema() if row[1] == "orders_by_customer"]), 1)

    def test_the_same_columns_but_another_trigger(self):
        self.run_sql("DROP TRIGGER customer_new; CREATE TRIGGER other AFTER UPDATE ON customer BEGIN SELECT 1; END")
        self.restored("customer")
        self.assertEqual(self.schema(), self.schema(self.path("then.db")))

    def test_triggers_do_not_fire(self):
        self.run_sql("DELETE FROM customer WHERE id = 3; DELETE FROM log")
        self.restored("customer")
        self.assertEqual(self.rows("SELECT * FROM log"), [])
        self.run_sql("INSERT INTO customer(name) VALUES ('Dan')")
        self.assertEqual(self.rows("SELECT what FROM log"), [("new",)])

    def test_triggers_of_other_tables_do_not_fire_either(self):
        self.run_sql("ALTER TABLE customer ADD COLUMN nick; UPDATE customer SET nick = id; DELETE FROM log")
        self.restored("customer")
        self.assertEqual(self.rows("SELECT * FROM log"), [])

    def test_cascades_do_not_happen(self):
        self.run_sql("UPDATE customer SET name = 'x'; ALTER TABLE customer ADD COLUMN nick")
        self.restored("customer")
        self.assertEqual(len(self.rows("SELECT * FROM orders")), 3)

    def test_a_dry_run_changes_nothing(self):
        self.run_sql("DELETE FROM orders WHERE id = 1")
        with open(self.file, "rb") as opened:
            before = opened.read()
        plan = self.ok("restore", self.taken, "--database", self.file, "--dry-run", "--json", "--tables", "orders").json["plan"]
        self.assertEqual(plan["tables"], [{"name": "orders", "rows_now": 2, "rows_restored": 3}])
        with open(self.file, "rb") as opened:
            self.assertEqual(opened.read(), before)

    def test_through_open_connections(self):
        holder = actors.Connection(self, self.file)
        self.assertEqual(holder.do("SELECT count(*) FROM note"), [[3]])
        self.run_sql("DELETE FROM note; ALTER TABLE note ADD COLUMN more")
        inode = os.stat(self.file).st_ino
        self.restored("note")
        self.assertEqual(holder.do("SELECT rowid, * FROM note ORDER BY 1"), [[-3, "minus three"], [5, "five"], [9, "nine"]])
        self.assertEqual(os.stat(self.file).st_ino, inode)

    def test_a_reader_or_writer_in_a_transaction(self):
        holder = actors.Connection(self, self.file)
        holder.do("BEGIN IMMEDIATE")
        holder.do("DELETE FROM note")
        done = self.restore("note", words=["--lock-timeout", "300ms"])
        self.assertEqual(done.exit, 5, done)
        self.assertIn(str(holder.pid), done.json["error"]["message"])
        holder.do("COMMIT")
        self.restored("note")


class ChoiceInWal(Choice):
    JOURNAL = "wal"


class Ids(shop.Shop):
    """Numbers that were given once stay given, and rows keep theirs."""

    def next_id(self):
        self.run_sql("INSERT INTO customer(name) VALUES ('the next')")
        return self.rows("SELECT id FROM customer WHERE name = 'the next'")[0][0]

    def test_the_high_water_mark_stays(self):
        self.run_sql("INSERT INTO customer VALUES (100, 'Zoe', 'z@x'); DELETE FROM customer WHERE id = 100")
        self.restored("customer")
        self.assertEqual(self.next_id(), 101)

    def test_it_stays_when_the_table_is_made_again(self):
        self.run_sql("INSERT INTO customer VALUES (100, 'Zoe', 'z@x'); DELETE FROM customer WHERE id = 100; "
                     "ALTER TABLE customer ADD COLUMN nick")
        self.restored("customer")
        self.assertEqual(self.next_id(), 101)

    def test_it_comes_back_with_a_dropped_table(self):
        self.run_sql("INSERT INTO customer VALUES (200, 'Zoe', 'z@x'); DELETE FROM customer WHERE id = 200")
        self.taken = self.snapshot(self.file)
        os.remove(self.path("then.db"))
        self.ok("export", self.taken, "then.db")
        self.run_sql("DROP TABLE customer")
        self.restored("customer")
        self.assertEqual(self.next_id(), 201)

    def test_it_stays_for_a_table_that_was_empty_then(self):
        self.run_sql("CREATE TABLE ticket(id INTEGER PRIMARY KEY AUTOINCREMENT, v)")
        self.taken = self.snapshot(self.file)
        os.remove(self.path("then.db"))
        self.ok("export", self.taken, "then.db")
        for change in ("", "ALTER TABLE ticket ADD COLUMN more"):
            with self.subTest(change):
                self.run_sql("INSERT INTO ticket(v) VALUES (1), (2), (3);" + change)
                highest, = self.rows("SELECT max(id) FROM ticket")[0]
                self.restored("ticket")
                self.run_sql("INSERT INTO ticket(v) VALUES ('next')")
                self.assertEqual(self.rows("SELECT id FROM ticket"), [(highest + 1,)])

    def test_rowids_without_an_integer_key_stay(self):
        self.run_sql("DELETE FROM note; CREATE TABLE w(a PRIMARY KEY, rowid) WITHOUT ROWID")
        self.restored("note")
        self.assertEqual(self.rows("SELECT rowid, text FROM note ORDER BY 1"),
                         [(-3, "minus three"), (5, "five"), (9, "nine")])

    def test_rowids_of_every_kind_of_table(self):
        kinds = {"named_rowid": "rowid TEXT, b", "named_both": "rowid, _rowid_ TEXT", "backwards": "id INTEGER PRIMARY KEY DESC, v",
                 "table_key": "a INTEGER, b, PRIMARY KEY(a)", "table_key_down": "a INTEGER, b, PRIMARY KEY(a DESC)",
                 "int_key": "a INT PRIMARY KEY, b", "two": "a INTEGER, b INTEGER, PRIMARY KEY(a, b)"}
        for name, columns in kinds.items():
            self.run_sql(f"CREATE TABLE {name}({columns}); INSERT INTO {name} VALUES (50, 1), (40, 2), (30, 3); "
                         f"DELETE FROM {name} WHERE oid IN (2, 40)")
        self.taken = self.snapshot(self.file)
        os.remove(self.path("then.db"))
        self.ok("export", self.taken, "then.db")
        for name in kinds:
            self.run_sql(f"DELETE FROM {name}")
        self.restored(*kinds)
        for name in kinds:
            sql = f"SELECT oid, * FROM {name} ORDER BY 1"
            self.assertEqual(self.rows(sql), self.rows(sql, self.path("then.db")), name)


if __name__ == "__main__":
    dbr.main()
