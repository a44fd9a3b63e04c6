"""What doctor says of the way back before anybody needs it, and ways back where the repository has lost a kept file."""
import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import deploy_case  # noqa: E402
import documents  # noqa: E402


class WayBack(deploy_case.Words):
    more_app = "config_files = ['app/.env.production']\n"

    def prepare(self):
        super().prepare()
        self.env_file = os.path.join(self.app, ".env.production")
        self.write_text(self.env_file, "COLOUR=red\n")

    def said_of_releases(self):
        return [(found["level"], found["message"]) for found in self.run_it("doctor", "--json").json["findings"]
                if found["subject"] == "releases of app"]

    def test_there_is_one(self):
        self.assertEqual(self.said_of_releases(), [])
        self.deployed("v1")
        self.deployed("v2")
        self.assertEqual(self.said_of_releases(), [("ok", "could go back from v2 to v1 by reverse or restore")])
        self.roll_back()
        self.assertEqual(self.said_of_releases(), [], "v1 was good, and rollback goes no further by itself")

    def test_without_its_snapshot(self):
        self.deployed("v1")
        self.deployed("v2")
        (manifest,) = glob.glob(os.path.join(self.repo, "snapshots", documents.snapshot(self.last_release()),
                                             "manifest.json"))
        with open(manifest, "r+b") as file:
            file.truncate(100)
        self.assertIn("restore is not possible", self.said_of_releases()[0][1])

    def test_a_record_is_damaged(self):
        self.deployed("v1")
        (record,) = glob.glob(os.path.join(self.repo, "releases", "*.json"))
        with open(record, "r+b") as file:
            file.truncate(100)
        self.assertEqual([level for level, _ in self.said_of_releases()], ["failure"])

    def test_a_kept_file_is_lost(self):
        """Said beforehand and afterwards, and in nobody's way."""
        other = os.path.join(self.app, ".env.local")
        self.write_text(other, "SIZE=1\n")
        self.more_app = "config_files = ['app/.env.production', 'app/.env.local']\n"
        self.configure()
        self.deployed("v1")
        lost = next(each["hash"] for each in self.last_release()["files"] if each["path"] == self.env_file)
        self.write_text(self.env_file, "COLOUR=blue\n")
        self.write_text(other, "SIZE=2\n")
        self.deployed("v2")
        os.remove(os.path.join(self.repo, "kept", lost))
        sentence = f"{self.env_file} cannot be put back, and stays as it is"
        self.assertIn(("warning", sentence), [(level, text[:len(sentence)]) for level, text in self.said_of_releases()])
        self.assert_says(self.ok("rollback", "--dry-run"), sentence)
        self.assert_says(self.roll_back(), sentence, "rolled back")
        with open(self.env_file, encoding="utf-8") as file:
            self.assertEqual(file.read(), "COLOUR=blue\n")
        with open(other, encoding="utf-8") as file:
            self.assertEqual(file.read(), "SIZE=1\n")
        self.assert_says(self.ok("report", "latest:rollback"), sentence)


deploy_case.both(globals(), WayBack)
del WayBack

if __name__ == "__main__":
    dbr.main()
