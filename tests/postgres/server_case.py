"""What the tests of restores to a server share: a small database with something of everything that a restore has to bring
back, a snapshot of it, and words for what is there afterwards."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402

OLD, NEW = "2000|old|old", "2500|new|new"  # what WHICH says of the rows of the snapshot, and of those after CHANGE
WHICH = "SELECT count(*), min(left(v, 3)), max(left(v, 3)) FROM public.t"

CONTENT = """
CREATE TABLE t (id int PRIMARY KEY, v text NOT NULL);
INSERT INTO t SELECT i, 'old ' || i FROM generate_series(1, 2000) AS i;
CREATE TABLE lines (id serial PRIMARY KEY, t int NOT NULL REFERENCES t, price numeric);
INSERT INTO lines (t, price) SELECT i, i / 100.0 FROM generate_series(1, 300) AS i;
CREATE INDEX by_v ON t (v);
CREATE VIEW cheap AS SELECT * FROM lines WHERE price < 1;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM t;
CREATE MATERIALIZED VIEW not_yet AS SELECT count(*) AS n FROM t WITH NO DATA;
CREATE SEQUENCE numbers START 7;
SELECT nextval('numbers'), nextval('numbers') \\g /dev/null
"""
OF_THE_DATABASE = """
SELECT current_database() AS this \\gset
COMMENT ON DATABASE :"this" IS 'the old one';
ALTER DATABASE :"this" SET work_mem = '5MB';
ALTER DATABASE :"this" CONNECTION LIMIT 60;
REVOKE CONNECT ON DATABASE :"this" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"this" TO restore_reader;
"""
CHANGE = """
SELECT current_database() AS this \\gset
DROP VIEW cheap;
DELETE FROM lines;
UPDATE t SET v = 'new ' || id;
INSERT INTO t SELECT i, 'new ' || i FROM generate_series(2001, 2500) AS i;
ALTER TABLE t ADD COLUMN more int DEFAULT 1;
CREATE TABLE extra (a int);
SELECT setval('numbers', 1000) \\g /dev/null
REFRESH MATERIALIZED VIEW counted;
REFRESH MATERIALIZED VIEW not_yet;
COMMENT ON DATABASE :"this" IS 'the new one';
ALTER DATABASE :"this" RESET work_mem;
GRANT CONNECT ON DATABASE :"this" TO PUBLIC;
"""
# Each row that is loaded into the table takes this long, so that a load can be watched and ended. The sleep comes into the
# function only after there are rows.
SLOW_ROWS = """
CREATE FUNCTION slowly() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
CREATE TABLE slow (id int CHECK (public.slowly()));
INSERT INTO slow SELECT generate_series(1, {rows});
CREATE OR REPLACE FUNCTION slowly() RETURNS boolean LANGUAGE plpgsql
  AS 'BEGIN PERFORM pg_catalog.pg_sleep({seconds}); RETURN true; END';
"""


class Case(postgres.Case):
    """self.url is what the configuration has for the database `app`, and self.taken is a snapshot of it."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.drop_all)
        self.init()
        self.environment["APP_URL"] = self.url
        self.configure()

    def configure(self, more=""):
        with open(self.path("dbrollback.toml"), "w", encoding="utf-8") as file:
            file.write("[database.app]\nurl = 'env:APP_URL'\n" + more)

    def prepare(self, more="", user="postgres"):
        """Fills the database, takes a snapshot and changes it. self.old and self.new are what it held."""
        self.server.role("restore_reader")
        self.psql(CONTENT + more + OF_THE_DATABASE, user=user)
        self.old = self.held()
        self.take()
        self.psql(CHANGE, user=user)
        self.new = self.held()

    def prove_here(self):
        """Servers whose programs are nowhere where they are looked for prove on themselves."""
        if not self.server.bin.startswith("/usr/lib/"):
            self.environment["DBROLLBACK_SCRATCH_URL"] = self.server.url("postgres")

    def give_to(self, role):
        """The database is this role's, and he may make tables in it, as before 15 everybody may. There the schema public is
        a superuser's, and what he grants on it no owner of the database can grant again."""
        self.psql(f"ALTER DATABASE {postgres.quoted(self.database)} OWNER TO {role}")
        if self.server.version >= 150000:
            self.psql(f"GRANT ALL ON SCHEMA public TO {role}")

    def take(self):
        self.taken = self.ok("snapshot", "--json").json["id"]

    def held(self, database=None, server=None):
        """All that pg_dump says of a database, and what it does not say: the rows of materialized views."""
        server, database = server or self.server, database or self.database
        views = server.query(database, "SELECT matviewname, ispopulated, CASE WHEN ispopulated THEN (xpath('/row/n/text()', "
                             "query_to_xml('SELECT n FROM public.' || matviewname, false, true, '')))[1]::text END "
                             "FROM pg_matviews ORDER BY 1")
        return server.dump(database, in_order=False), views

    def beside(self, database=None):
        """The databases that restores have left beside one."""
        return [name for name in self.server.databases() if name.startswith(f"{database or self.database}_re")]

    def drop_all(self):
        """Other tests share the server."""
        for name in self.server.databases():
            if name.startswith(self.database):
                self.server.psql("postgres", f"DROP DATABASE {postgres.quoted(name)} (FORCE)", check=False)

    def assert_unchanged(self):
        """The live database holds what it held, and nothing is beside it, nor half made."""
        self.assertEqual(self.held(), self.new)
        self.assertEqual(self.beside(), [])
        self.assertEqual([name for name in self.server.databases() if name.startswith("dbrollback-")], [])

    def wait_for_rows(self, sql, process, limit=60):
        """Until a query of the server gives rows; the process must be there all that time."""
        give_up = time.monotonic() + limit
        while not self.server.query("postgres", sql):
            self.assertIsNone(process.poll(), "it ended before it could be met")
            self.assertLess(time.monotonic(), give_up)
            time.sleep(0.02)
