# slow
"""What `doctor` says of a server before anything depends on it."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402


class Doctor(server_case.Case):
    def said(self, status=0):
        done = self.run_it("doctor", "--json")
        self.assertEqual(done.exit, status, done)
        return {level: " | ".join(each["message"] for each in done.json["findings"] if each["level"] == level)
                for level in ("ok", "warning", "failure")}

    def test_what_would_hurt_later(self):
        self.psql("CREATE UNLOGGED TABLE u (id int UNIQUE); INSERT INTO u VALUES (1), (2); CREATE TABLE t (a int)")
        self.psql("INSERT INTO t VALUES (1), (1)")
        self.psql("CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)", check=False)
        said = self.said()
        self.assertRegex(said["ok"], r"pg_dump \d+\.\d+ of /\S+ reads this server's schema")
        self.assertRegex(said["ok"], r"a restore needs \S+ MB beside the database, and its disk has \S+ \wB free")
        self.assertIn("1 table is unlogged (public.u)", said["warning"])
        self.assertIn("index public.broken is left out of snapshots", said["warning"])

    def test_nothing_to_prove_with(self):
        programs = os.path.dirname(self.server.program("pg_dump"))
        clients = self.path("bin")
        os.mkdir(clients)
        for name in ("pg_dump", "pg_restore"):
            os.symlink(os.path.join(programs, name), os.path.join(clients, name))
        self.configure(f"pg_bin = '{clients}'\n")
        self.assertIn("no proof by restoring here", self.said()["warning"])

    def test_no_programs_at_all(self):
        self.configure(f"pg_bin = '{self.at}'\n")
        self.assertIn("no pg_dump was found", self.said(1)["failure"])


if __name__ == "__main__":
    dbr.main()
