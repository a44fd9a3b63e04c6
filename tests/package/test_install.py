# slow
"""The installed package: moved after its installation, a small program is built against it elsewhere, and runs."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr

BUILD = os.environ.get("DBROLLBACK_BUILD") or os.path.realpath(os.path.join(os.path.dirname(dbr.BINARY), ".."))
EXAMPLE = os.path.join(os.path.dirname(os.path.realpath(__file__)), "example")


class Package(dbr.Case):
    def call(self, *words, **keywords):
        done = subprocess.run([str(word) for word in words], check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, env=self.environment, **keywords)
        self.assertEqual(done.returncode, 0, f"{words}\n{done.stdout}")
        return done.stdout

    def installed(self):
        """The folder of an installation that was moved."""
        first, moved = self.path("first"), self.path("moved", "a place with blanks")
        self.call("cmake", "--install", BUILD, "--prefix", first)
        os.makedirs(os.path.dirname(moved))
        shutil.move(first, moved)
        return moved

    def test_a_program_is_built_against_it_and_takes_a_snapshot(self):
        moved = self.installed()
        self.assertRegex(self.call(os.path.join(moved, "bin", "dbrollback"), "--version"), r"\b\d+\.\d+\.\d+\b")

        # Sources and build in folders of their own, so that nothing of this project is found by accident.
        shutil.copytree(EXAMPLE, self.path("example"))
        self.call("cmake", "-G", "Ninja", "-S", self.path("example"), "-B", self.path("build"), f"-DCMAKE_PREFIX_PATH={moved}")
        self.call("cmake", "--build", self.path("build"))

        database = self.make("app.db")
        said = self.call(self.path("build", "deployer"), database, self.repo, "v1.4.2")
        snapshot = said.split()[0]
        self.assertRegex(snapshot, r"^\d{8}T\d{6}Z-v1\.4\.2-[0-9a-f]{4}$")
        self.assertEqual(said.split()[1:], ["restored", "2", "rows"])
        listed = self.ok("list", "--json").json["snapshots"]
        self.assertEqual([(each["id"], each["proof"]) for each in listed], [(snapshot, "restored")])

    def test_nothing_in_it_names_the_place_where_it_was_built(self):
        moved = self.installed()
        for folder, _, files in os.walk(moved):
            for name in files:
                if name.endswith((".cmake", ".hpp")):
                    with open(os.path.join(folder, name), encoding="utf-8") as file:
                        text = file.read()
                    for place in (dbr.SOURCE, BUILD, self.path("first")):
                        self.assertNotIn(place, text, f"{name} names {place}")

    def test_only_public_headers_are_in_it(self):
        include = os.path.join(self.installed(), "include")
        self.assertEqual(os.listdir(include), ["dbrollback"])
        self.assertEqual(sorted(os.listdir(os.path.join(include, "dbrollback"))),
                         sorted(os.listdir(os.path.join(dbr.SOURCE, "include", "dbrollback"))))


if __name__ == "__main__":
    dbr.main()
