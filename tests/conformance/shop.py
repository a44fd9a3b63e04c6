"""A shop with every kind of thing that can be in the way of restoring chosen tables, and a snapshot of it."""
import sqlite3

from support import dbr

import compare

SHOP = """
CREATE TABLE customer(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, email TEXT UNIQUE);
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer REFERENCES customer(id) ON DELETE CASCADE, total REAL);
CREATE INDEX orders_by_customer ON orders(customer);
CREATE TABLE note(text);
CREATE TABLE log(what TEXT, id INTEGER);
CREATE VIEW big AS SELECT * FROM orders WHERE total > 50;
CREATE TRIGGER customer_new AFTER INSERT ON customer BEGIN INSERT INTO log VALUES ('new', new.id); END;
CREATE TRIGGER customer_gone AFTER DELETE ON customer BEGIN INSERT INTO log VALUES ('gone', old.id); END;
INSERT INTO customer(name, email) VALUES ('Ann', 'a@x'), ('Bob', 'b@x'), ('Cid', 'c@x');
INSERT INTO orders VALUES (1, 1, 10.5), (2, 1, 99.0), (3, 2, 70.25);
INSERT INTO note(rowid, text) VALUES (5, 'five'), (9, 'nine'), (-3, 'minus three');
DELETE FROM log;
"""


class Shop(dbr.Case):
    JOURNAL = "delete"

    def setUp(self):
        super().setUp()
        self.file = self.path("shop.db")
        self.run_sql(f"PRAGMA journal_mode={self.JOURNAL};" + SHOP)
        self.init()
        self.taken = self.snapshot(self.file)
        self.ok("export", self.taken, "then.db")

    def run_sql(self, sql, foreign_keys=False):
        connection = sqlite3.connect(self.file, isolation_level=None)
        connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        connection.executescript(sql)
        connection.close()

    def rows(self, sql, file=None):
        return dbr.rows(file or self.file, sql)

    def restore(self, *tables, words=()):
        return self.run_it("restore", self.taken, "--database", self.file, "--yes", "--json", "--tables", ",".join(tables),
                           *words)

    def restored(self, *tables, words=()):
        done = self.restore(*tables, words=words)
        self.assertEqual(done.exit, 0, done)
        self.assertEqual(compare.integrity(self.file), [b"ok"])
        for table in tables:
            self.assertEqual(self.content(table), self.content(table, self.path("then.db")))
        return done.json

    def content(self, table, file=None):
        connection = compare.open_raw(file or self.file)
        has_rowid = dict(compare.tables(connection))[table]
        found = list(compare.rows(connection, table, has_rowid))
        connection.close()
        return found

    def schema(self, file=None):
        return sorted(self.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema", file))
