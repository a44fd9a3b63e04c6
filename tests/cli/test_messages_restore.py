"""What a restore says when it must not or cannot go on: exactly, and the target is as it was."""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from support import dbr  # noqa: E402

OPEN = "import sys\nfile = open(sys.argv[1], 'rb')\nprint('ready', flush=True)\ninput()\n"
READ = "import sqlite3, sys\n" \
       "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n" \
       "connection.execute('BEGIN')\n" \
       "connection.execute('SELECT * FROM customers').fetchone()\n" \
       "print('ready', flush=True)\n" \
       "input()\n"


class Restore(messages.Case):
    def setUp(self):
        super().setUp()
        self.init()
        self.database = self.make("app.db", "CREATE TABLE customers(id INTEGER PRIMARY KEY, name)",
                                  "CREATE TABLE orders(id INTEGER PRIMARY KEY, customer REFERENCES customers)",
                                  "CREATE VIRTUAL TABLE words USING fts5(word)",
                                  "INSERT INTO customers VALUES (1, 'a')", "INSERT INTO orders VALUES (1, 1)")
        self.taken = self.snapshot(self.database)

    def restore(self, *words):
        return ["restore", self.taken, "--database", self.database, "--yes", *words]

    def ends_with(self, status, err, *words):
        with self.unchanged():
            done = self.fails(status, *words)
        self.assertTrue(self.said(done).endswith(err), f"{done!r}")
        return done

    def test_a_table_that_the_snapshot_does_not_have(self):
        done = self.fails(2, *self.restore("--tables", "customers,invoices"))
        self.assertEqual(done.err, f"dbrollback: there is no table invoices in {self.taken}\n"
                                   "  state: nothing was changed\n"
                                   f"  next:  `dbrollback show {self.taken}` lists its tables\n")

    def test_a_table_that_is_only_a_part(self):
        for name, why in (("words", "it is a virtual table"), ("words_data", "it is a part of virtual table words"),
                          ("sqlite_sequence", "SQLite keeps it itself")):
            with self.subTest(name):
                self.refuses(4, f"dbrollback: table {name} cannot be restored alone: {why}\n"
                                "  state: nothing was changed\n"
                                "  next:  restore the whole snapshot beside the database with --into, and copy what you need "
                                "from there\n", *self.restore("--tables", name))

    def test_tables_need_a_database_to_go_into(self):
        self.refuses(4, "dbrollback: tables can only be restored into a database, and AT/new.db does not exist\n"
                        "  state: nothing was changed\n"
                        "  next:  restore everything: leave --tables out\n",
                     *self.restore("--tables", "customers", "--into", "new.db"))

    def test_tables_that_would_leave_orphans(self):
        with sqlite3.connect(self.database) as connection:
            connection.execute("INSERT INTO customers VALUES (2, 'b')")
            connection.execute("INSERT INTO orders VALUES (2, 2)")
        connection.close()
        words = self.restore("--tables", "customers", "--no-snapshot-before")
        self.ends_with(4, "dbrollback: restoring only these tables would leave rows that refer to nothing: orders -> "
                          "customers: 1\n"
                          "  state: nothing was changed\n"
                          "  next:  name the other tables too, or give --allow-orphans\n", *words)
        self.ok(*words, "--allow-orphans")
        self.assertEqual(dbr.rows(self.database, "SELECT count(*) FROM orders"), [(2,)])

    def test_a_reader_in_the_way_is_named(self):
        reader = self.other_process(READ, self.database)
        done = self.ends_with(5, "dbrollback: AT/app.db is locked by process PID NAME\n"
                                 "  state: nothing was changed\n"
                                 "  next:  wait until it is done, or give a longer --lock-timeout, then run this command "
                                 "again\n", *self.restore("--lock-timeout", "200ms", "--no-snapshot-before"))
        self.assertIn(f"process {reader.pid} ", done.err)
        reader.communicate(b"\n")
        self.ok(*self.restore("--lock-timeout", "200ms"))

    def test_a_broken_file_is_not_replaced_while_somebody_has_it_open(self):
        with open(self.database, "wb") as file:
            file.write(b"garbage " * 1000)
        holder = self.other_process(OPEN, self.database)
        done = self.ends_with(5, "dbrollback: AT/app.db can only be replaced while no process has it open; it is open in "
                                 "process PID NAME\n"
                                 "  state: nothing was changed\n"
                                 "  next:  stop these processes, then run this command again; or restore beside it with "
                                 "--into\n", *self.restore())
        self.assertIn(f"process {holder.pid} ", done.err)
        self.ok(*self.restore("--into", "beside.db"))
        holder.communicate(b"\n")
        self.ok(*self.restore())
        self.assertEqual(dbr.rows(self.database, "SELECT name FROM customers"), [("a",)])

    def test_a_database_that_is_not_configured_must_be_named(self):
        self.refuses(2, "dbrollback: snapshot ID is of app, and no database of that name is configured\n"
                        "  state: nothing was changed\n"
                        "  next:  say which database is meant with `--database NAME`, or with `--database PATH` for its file\n",
                     "restore", self.taken, "--yes")

    def test_a_dry_run_changes_nothing_and_needs_no_yes(self):
        with self.unchanged():
            done = self.ok("restore", self.taken, "--database", self.database, "--dry-run")
        self.assertTrue(done.out.endswith("dry run: nothing was changed\n"), done.out)

    def test_what_was_there_comes_back(self):
        with sqlite3.connect(self.database) as connection:
            connection.execute("DELETE FROM orders")
        connection.close()
        before = self.ok(*self.restore("--json")).json["snapshot_before"]
        self.assertEqual(dbr.rows(self.database, "SELECT count(*) FROM orders"), [(1,)])
        self.assertEqual(self.ok("show", "latest", "--database", self.database, "--json").json["id"], self.taken)
        self.ok("restore", before, "--database", self.database, "--yes")
        self.assertEqual(dbr.rows(self.database, "SELECT count(*) FROM orders"), [(0,)])


dbr.main()
