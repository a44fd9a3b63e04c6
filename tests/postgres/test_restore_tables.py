# slow
"""`restore --tables` into a live database of a server: these tables' rows come back, in one transaction, and nothing else
changes."""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402

SHOP = """
CREATE TABLE customer (id serial PRIMARY KEY, name text);
CREATE TABLE orders (id serial PRIMARY KEY, customer int NOT NULL CONSTRAINT of_customer REFERENCES customer ON DELETE CASCADE,
                     total numeric, twice numeric GENERATED ALWAYS AS (total * 2) STORED);
COMMENT ON CONSTRAINT of_customer ON orders IS 'who ordered it';
CREATE TABLE log (what text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.log VALUES (TG_OP); RETURN NULL; END';
CREATE TRIGGER noted AFTER INSERT OR DELETE ON customer FOR EACH ROW EXECUTE FUNCTION note();
CREATE TRIGGER always AFTER INSERT OR DELETE ON customer FOR EACH ROW EXECUTE FUNCTION note();
ALTER TABLE customer ENABLE ALWAYS TRIGGER always;
INSERT INTO customer (name) SELECT 'customer ' || i FROM generate_series(1, 100) AS i;
INSERT INTO orders (customer, total) SELECT i % 100 + 1, i FROM generate_series(1, 500) AS i;
DELETE FROM log;
"""
CUSTOMERS = "SELECT id, name FROM public.customer ORDER BY id"
TRIGGERS = "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
KEYS = ("SELECT conname, pg_get_constraintdef(oid), convalidated, obj_description(oid, 'pg_constraint') FROM pg_constraint "
        "WHERE contype = 'f' ORDER BY 1")


class Tables(server_case.Case):
    user = "postgres"
    status_beside_readers = 0

    def setUp(self):
        super().setUp()
        self.psql(SHOP, user=self.user)
        self.take()
        self.customers = self.query(CUSTOMERS)

    def change(self, sql):
        self.psql(sql + "; DELETE FROM log", user=self.user)
        self.state = self.triggers_and_keys()

    def triggers_and_keys(self):
        return self.query(TRIGGERS), self.query(KEYS)

    def restore(self, *tables, words=()):
        return self.ok("restore", self.taken, "--tables", ",".join(tables), "--yes", *words)

    def test_one_table(self):
        self.change("UPDATE customer SET name = 'x'; INSERT INTO customer (name) VALUES ('new'); UPDATE orders SET total = 0")
        planned = self.ok("restore", self.taken, "--tables", "public.customer", "--dry-run").out
        self.assertIn("Tables that were not chosen are not touched.", planned)
        self.assertEqual(self.query("SELECT count(*) FROM customer WHERE name = 'x'"), [("100",)])
        done = self.restore("public.customer")
        self.assertEqual(self.query(CUSTOMERS), self.customers)
        self.assertEqual(self.query("SELECT count(*), sum(total) FROM orders"), [("500", "0")])
        self.assertEqual(self.query("SELECT * FROM log"), [], "no trigger fired")
        self.assertEqual(self.triggers_and_keys(), self.state)
        self.assertEqual(self.query("SELECT nextval('customer_id_seq')"), [("102",)], "a number that was given stays given")
        before = self.ok("list", "--json").json["snapshots"][-1]["id"]
        self.assertIn(f"restore {before} --tables public.customer", done.out)
        self.ok("restore", before, "--tables", "public.customer", "--yes")
        self.assertEqual(self.query("SELECT count(*) FROM customer WHERE name = 'x'"), [("100",)], "and back")

    def test_sequences_that_are_behind(self):
        self.change("TRUNCATE customer, orders RESTART IDENTITY")
        self.restore("public.customer", "public.orders")
        self.assertEqual(self.query("SELECT nextval('customer_id_seq'), nextval('orders_id_seq')"), [("101", "501")])

    def test_tables_that_belong_together(self):
        self.change("DELETE FROM customer")
        self.assertEqual(self.query("SELECT count(*) FROM orders"), [("0",)])
        self.restore("public.customer", "public.orders")
        self.assertEqual(self.query("SELECT count(*), sum(total), sum(twice) FROM orders"), [("500", "125250", "250500")])
        self.assertEqual(self.triggers_and_keys(), self.state)

    def test_orphans(self):
        self.change("INSERT INTO customer (name) VALUES ('new'); INSERT INTO orders (customer, total) VALUES (101, 1)")
        done = self.fails(4, "restore", self.taken, "--tables", "public.customer", "--yes")
        self.assertIn("public.orders -> public.customer (of_customer): 1 row", done.err)
        self.assertIn("state: nothing was changed", done.err)
        self.assertEqual(self.query("SELECT name FROM customer WHERE id = 101"), [("new",)])
        self.assertEqual(self.triggers_and_keys(), self.state)
        done = self.restore("public.customer", words=["--allow-orphans"])
        self.assertIn("of_customer of public.orders is NOT VALID now", done.err)
        self.assertEqual(self.query(CUSTOMERS), self.customers)
        self.assertEqual(self.query(KEYS), [("of_customer", "FOREIGN KEY (customer) REFERENCES customer(id) ON DELETE CASCADE "
                                             "NOT VALID", "f", "who ordered it")])
        self.restore("public.customer")  # what broke it before breaks it no more than before

    def test_orphans_the_other_way(self):
        self.change("DELETE FROM customer WHERE id = 7")
        done = self.fails(4, "restore", self.taken, "--tables", "public.orders", "--yes")
        self.assertIn("(of_customer): 5 rows", done.err)
        self.assertEqual(self.query("SELECT count(*) FROM orders"), [("495",)])

    def test_other_columns(self):
        self.change("ALTER TABLE customer ADD since int DEFAULT 7; UPDATE customer SET name = 'x'")
        self.restore("public.customer")
        self.assertEqual(self.query(CUSTOMERS), self.customers)
        self.assertEqual(self.query("SELECT DISTINCT since FROM customer"), [("7",)])
        for change, why in (("ALTER TABLE customer RENAME name TO nick", "has no column name"),
                            ("ALTER TABLE customer RENAME nick TO name; ALTER TABLE customer ALTER name TYPE varchar(90)",
                             "was text and is character varying(90)"),
                            ("DROP TABLE customer CASCADE", "there is no such table now")):
            self.change(change)
            self.assertIn(why, self.fails(4, "restore", self.taken, "--tables", "public.customer", "--yes").err)

    def test_names_that_are_none(self):
        for name in ("public.nothing", "customer"):
            self.assertIn(f"there is no table {name}", self.fails(2, "restore", self.taken, "--tables", name, "--yes").err)

    def test_partitions(self):
        self.change("CREATE TABLE parts (id int PRIMARY KEY, v text) PARTITION BY RANGE (id); "
                    "CREATE TABLE low PARTITION OF parts FOR VALUES FROM (0) TO (100); "
                    "CREATE TABLE high PARTITION OF parts FOR VALUES FROM (100) TO (200); "
                    "INSERT INTO parts SELECT i, 'old' FROM generate_series(0, 199) AS i; "
                    "CREATE TABLE uses (part int CONSTRAINT of_part REFERENCES parts) PARTITION BY LIST (part); "
                    "CREATE TABLE uses_all PARTITION OF uses DEFAULT; "
                    "INSERT INTO uses SELECT i FROM generate_series(0, 199) AS i")
        self.take()
        self.change("UPDATE parts SET v = 'new'; DELETE FROM uses WHERE part = 5; DELETE FROM parts WHERE id = 5")
        self.restore("public.low")
        self.assertEqual(self.query("SELECT v, count(*) FROM parts GROUP BY 1 ORDER BY 1"), [("new", "100"), ("old", "100")])
        self.assertEqual(self.triggers_and_keys(), self.state)
        self.change("DELETE FROM uses; DELETE FROM low WHERE id < 50")
        done = self.fails(4, "restore", self.taken, "--tables", "public.uses_all", "--yes")
        self.assertIn("public.uses -> public.parts (of_part): 50 rows", done.err)

    def test_a_lock(self):
        """Nobody is waited for longer than that."""
        self.change("UPDATE customer SET name = 'x'")
        with postgres_session(self, "BEGIN; UPDATE public.log SET what = what; LOCK TABLE public.customer IN ROW EXCLUSIVE MODE"):
            done = self.fails(5, "restore", self.taken, "--tables", "public.customer", "--yes", "--lock-timeout", "300ms")
            self.assertIn("nothing was changed", done.err)
        with postgres_session(self, "BEGIN; SELECT count(*) FROM public.customer"):
            done = self.run_it("restore", self.taken, "--tables", "public.customer", "--yes", "--lock-timeout", "300ms")
            self.assertEqual(done.exit, self.status_beside_readers, done)

    def test_a_rule(self):
        self.change("UPDATE customer SET name = 'x'; CREATE RULE keep AS ON DELETE TO customer DO INSTEAD NOTHING")
        self.restore("public.customer")
        self.assertEqual(self.query(CUSTOMERS), self.customers)
        self.assertEqual(self.query("SELECT rulename, ev_enabled FROM pg_rewrite WHERE rulename = 'keep'"), [("keep", "O")])


class ByTheOwner(Tables):
    """Who may not silence foreign keys drops them and makes them again."""
    user = "tables_owner"
    status_beside_readers = 5

    def configure(self, more=""):
        self.server.role(self.user)
        self.server.psql(self.database, f"ALTER DATABASE {postgres.quoted(self.database)} OWNER TO {self.user}; "
                                        f"GRANT ALL ON SCHEMA public TO {self.user}")
        self.environment["APP_URL"] = self.server.url(self.database, self.user)
        super().configure(more)

    def test_rights_that_are_missing_are_named_before_anything_is_done(self):
        for sql, name, said in (
                ("REVOKE DELETE ON public.customer FROM tables_owner", "public.customer",
                 "it may not read, delete and insert rows of public.customer"),
                ("ALTER TABLE public.orders OWNER TO postgres; GRANT ALL ON public.orders TO tables_owner",
                 "public.customer", "it does not own public.orders, whose foreign keys are to be dropped")):
            with self.subTest(said):
                self.server.psql(self.database, sql)
                for words in (["--dry-run"], ["--yes"]):
                    self.assertIn(said, self.fails(4, "restore", self.taken, "--tables", name, *words).err)
                self.server.psql(self.database, "GRANT DELETE ON public.customer TO tables_owner; "
                                                "ALTER TABLE public.orders OWNER TO tables_owner")


class postgres_session:
    """A session that does something and stays."""
    def __init__(self, case, sql):
        self.case, self.sql = case, sql

    def __enter__(self):
        self.thread = threading.Thread(target=lambda: self.case.psql(self.sql + "; SELECT pg_sleep(60)", check=False))
        self.thread.start()
        give_up = time.monotonic() + 20
        while not self.case.query("SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND wait_event = 'PgSleep' "
                                  "AND datname = current_database()"):
            self.case.assertLess(time.monotonic(), give_up)
            time.sleep(0.02)

    def __exit__(self, *_):
        self.case.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' "
                        "AND datname = current_database()")
        self.thread.join()


if __name__ == "__main__":
    dbr.main()
