# slow
"""A snapshot of a server's database as SQL: psql makes the same database of it, without us."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402
import zoo  # noqa: E402


class Export(server_case.Case):
    def setUp(self):
        super().setUp()
        self.script = self.path("app.sql")

    def export(self, *words):
        return self.ok("export", "latest", self.script, *words)

    def loaded(self, user="postgres", **options):
        """The name of a database that psql has made of the script."""
        name = self.server.fresh(self.database + "_loaded", template="template0", **options)
        self.server.psql(name, "", "-f", self.script, user=user)
        return name

    def test_what_is_loaded_is_what_was_taken(self):
        self.prepare()
        done = self.export()
        self.assertIn(f"psql -d NAME -f {self.script}", done.out)
        self.assertEqual(os.stat(self.script).st_mode & 0o777, 0o600)
        self.assertEqual(self.held(self.loaded()), self.old)

    def test_the_zoo(self):
        zoo.prepare(self.server)
        zoo.load(self.server, self.database)
        zoo.add_large_objects(self.server, self.database, 50)
        self.take()
        self.export()
        name = self.loaded()
        self.assertEqual(self.server.dump(name, in_order=False), self.server.dump(self.database, in_order=False))

    def test_other_encodings(self):
        for encoding, load in {"LATIN1": zoo.load_latin1, "SQL_ASCII": zoo.load_sql_ascii}.items():
            with self.subTest(encoding):
                name = load(self.server)
                self.environment["APP_URL"] = self.server.url(name)
                self.script = self.path(f"{encoding}.sql")
                self.take()
                self.export()
                loaded = self.loaded(encoding=encoding, locale="C")
                self.assertEqual(self.server.dump(loaded, in_order=False), self.server.dump(name, in_order=False))

    def test_by_another_role(self):
        self.prepare()
        self.export("--no-owner", "--no-privileges")
        self.server.role("export_loader")
        name = self.loaded(user="export_loader", owner="export_loader")
        self.assertEqual(self.server.query(name, server_case.WHICH), [tuple(server_case.OLD.split("|"))])
        self.assertEqual(self.server.value(name, "SELECT tableowner FROM pg_tables WHERE tablename = 't'"), "export_loader")

    def test_a_file_that_is_there(self):
        self.prepare()
        with open(self.script, "w", encoding="utf-8") as file:
            file.write("mine")
        self.assertIn("exists already", self.fails(4, "export", "latest", self.script).err)
        with open(self.script, encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine")


if __name__ == "__main__":
    dbr.main()
