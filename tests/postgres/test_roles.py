# slow
"""Restores under other roles than those that the snapshot names."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402

# Everything that names a role. The name of one needs quotes, in statements and otherwise in ACLs.
CONTENT = """
GRANT CREATE ON DATABASE :"this" TO roles_app;
CREATE SCHEMA inner_one AUTHORIZATION roles_app;
CREATE TABLE inner_one.t (id int PRIMARY KEY, who name);
INSERT INTO inner_one.t SELECT i, 'somebody' FROM generate_series(1, 100) AS i;
ALTER TABLE inner_one.t OWNER TO roles_app;
ALTER TABLE inner_one.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY theirs ON inner_one.t TO "roles reader" USING (who = 'somebody');
GRANT USAGE ON SCHEMA inner_one TO "roles reader" WITH GRANT OPTION;
GRANT SELECT, UPDATE (who) ON inner_one.t TO "roles reader";
CREATE MATERIALIZED VIEW inner_one.counted AS SELECT count(*) AS n FROM inner_one.t;
ALTER MATERIALIZED VIEW inner_one.counted OWNER TO roles_app;
CREATE FUNCTION f() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT ''GRANT x TO y''';
ALTER FUNCTION f() OWNER TO "roles reader";
REVOKE ALL ON FUNCTION f() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f() TO roles_app;
ALTER DEFAULT PRIVILEGES FOR ROLE roles_app IN SCHEMA inner_one GRANT SELECT ON TABLES TO "roles reader";
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER nowhere;
CREATE USER MAPPING FOR roles_app SERVER elsewhere OPTIONS ("user" 'x');
CREATE PUBLICATION told FOR TABLE inner_one.t;
ALTER PUBLICATION told OWNER TO roles_app;
SET ROLE "roles reader";
GRANT USAGE ON SCHEMA inner_one TO roles_third;
RESET ROLE;
SELECT lo_create(4001), lo_create(4002) \\g /dev/null
ALTER LARGE OBJECT 4001 OWNER TO roles_app;
SET ROLE roles_app;
GRANT SELECT ON LARGE OBJECT 4001 TO "roles reader" WITH GRANT OPTION;
RESET ROLE;
GRANT ALL ON LARGE OBJECT 4002 TO roles_third;
ALTER ROLE roles_app IN DATABASE :"this" SET work_mem = '7MB';
ALTER DATABASE :"this" OWNER TO roles_app;
"""
READER = "roles reader"
NEW = {"roles_app": "stage_app", READER: "stage reader"}
MAP = ["--role-map", "roles_app=stage_app", "--role-map", "roles reader=stage reader"]


class Roles(server_case.Case):
    def setUp(self):
        super().setUp()
        for role in ("roles_app", READER, "roles_third", *NEW.values()):
            self.server.role(role)
        self.psql("SELECT current_database() AS this \\gset\n" + CONTENT)
        self.take()
        self.other = self.database + "_other"
        self.into = ["--into", self.server.url(self.other)]

    def said(self, database, renamed):
        """What pg_dump says of a database, line by line, under the other roles."""
        text = str(self.server.dump(database, in_order=False))
        for old, new in renamed.items():
            text = text.replace(postgres.quoted(old), postgres.quoted(new)).replace(old, new)
        return sorted(text.splitlines())

    def test_a_new_database(self):
        done = self.ok("restore", self.taken, *self.into, *MAP)
        self.assertIn("sequences and the rows of every table compared", done.out)
        self.assertEqual(self.said(self.other, {}), self.said(self.database, NEW))
        self.assertEqual(self.server.query(self.other, """
            SELECT DISTINCT r.rolname FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid
            JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database() AND r.rolname LIKE 'roles%'"""),
            [("roles_third",)])

    def test_two_that_swap(self):
        self.ok("restore", self.taken, *self.into, "--role-map", "roles_app=roles_third,roles_third=roles_app")
        half = self.said(self.database, {"roles_app": "roles_app_"})
        swapped = sorted("\n".join(half).replace("roles_third", "roles_app").replace("roles_app_", "roles_third").splitlines())
        self.assertEqual(self.said(self.other, {}), swapped)

    def test_in_place(self):
        expected = self.said(self.database, NEW)
        self.psql("DROP TABLE inner_one.t CASCADE")
        self.ok("restore", self.taken, "--in-place", "--yes", *MAP)

        def inside(lines):  # what belongs to the database itself stays
            return [line for line in lines if " DATABASE" not in line]
        self.assertEqual(inside(self.said(self.database, {})), inside(expected))

    def test_export(self):
        script = self.path("roles.sql")
        self.ok("export", self.taken, script, *MAP)
        with open(script, encoding="utf-8") as file:
            self.assertIn("must be there: ", file.read(2000))
        name = self.server.fresh(self.database + "_loaded", template="template0")
        self.server.psql(name, "", "-f", script)
        self.assertEqual(self.said(name, {}), self.said(self.database, NEW))

    def test_roles_that_are_not_there(self):
        refused = self.fails(4, "restore", self.taken, *self.into, "--role-map", "roles_app=roles_nobody")
        self.assertIn("it has no role roles_nobody", refused.err)
        self.assertIn("--role-map OLD=NEW", refused.err)
        self.assertNotIn(self.other, self.server.databases())

    def test_what_makes_no_sense(self):
        for words, said in ((["roles_app"], "takes OLD=NEW, not roles_app"), (["=x"], "takes OLD=NEW"),
                            (["roles_app=a,roles_app=b"], "names roles_app twice"),
                            (["roles_ap=b"], "names no role roles_ap")):
            with self.subTest(words):
                self.assertIn(said, self.fails(2, "restore", self.taken, *self.into, "--role-map", *words).err)
        self.assertIn("names no role roles_ap", self.fails(2, "export", self.taken, self.path("x.sql"), "--role-map",
                                                           "roles_ap=b").err)
        self.assertFalse(os.path.exists(self.path("x.sql")))
        self.assertIn("--tables changes rows only",
                      self.fails(2, "restore", self.taken, "--tables", "inner_one.t", *MAP).err)


if __name__ == "__main__":
    dbr.main()
