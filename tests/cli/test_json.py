"""--json: one document of each command, and one of each failure."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from support import dbr  # noqa: E402


class Documents(messages.Case):
    def document(self, status, *words, **keywords):
        """The one document on standard output: all of it, in one object that ends in a newline."""
        done = self.fails(status, "--json", *words, **keywords)
        document, end = json.JSONDecoder().raw_decode(done.out)
        self.assertEqual(done.out[end:], "\n", words)
        self.assertEqual(document["schema_version"], 1)
        return document

    def test_every_command_has_one(self):
        database = self.make("app.db")
        self.document(0, "init", "--repository", self.repo, "--database", database)
        findings = self.document(0, "doctor")
        self.assertTrue(findings)
        taken = self.document(0, "snapshot", "--app-version", "v1")
        identity = taken["id"]
        self.assertEqual((taken["database"], taken["app_version"], taken["rows"], taken["tables"]), ("app", "v1", 2, 1))
        self.assertEqual([each["id"] for each in self.document(0, "list")["snapshots"]], [identity])
        self.assertEqual(self.document(0, "show", identity)["source"], database)
        for level in ("stored", "content", "restored"):
            verified = self.document(0, "verify", identity, "--level", level)
            self.assertEqual((verified["ok"], verified["snapshots"][0]["level"]), (True, level))
            self.assertEqual(verified["snapshots"][0]["restore_ms"] > 0, level == "restored")
        self.assertEqual(self.document(0, "list")["snapshots"][0]["proof"], "restored")
        self.document(0, "diff", identity)
        self.make("app.db", "DELETE FROM t WHERE v = 'a'")
        different = self.document(3, "diff", identity)
        self.assertEqual([(table["name"], table["added"], table["removed"]) for table in different["tables"]], [("t", 0, 1)])
        plan = self.document(0, "restore", identity, "--dry-run")
        self.assertEqual(dbr.rows(database, "SELECT count(*) FROM t"), [(1,)])
        self.assertTrue(plan)
        restored = self.document(0, "restore", identity, "--yes")
        self.assertEqual(dbr.rows(database, "SELECT count(*) FROM t"), [(2,)])
        self.assertNotEqual(restored["snapshot_before"], "")
        self.assertTrue(os.path.exists(self.document(0, "export", identity, "copy.db")["file"]))
        self.document(0, "pin", identity, "--reason", "audit")
        self.assertTrue(self.document(0, "show", identity)["pinned"])
        self.document(0, "unpin", identity)
        self.document(0, "prune", "--dry-run")
        self.document(0, "prune", "--yes", "--keep-last", "1", "--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0")
        self.document(0, "catalog", "rebuild")
        self.document(0, "version")

    def test_a_failure_is_one_document_and_the_message_too(self):
        self.init()
        taken = self.snapshot(self.make("app.db"))
        for status, code, words in ((2, "unknown_command", ["frobnicate"]), (2, "unknown_option", ["list", "--frob"]),
                                    (2, "unknown_id", ["show", "nonsense"]), (1, "no_such_file", ["snapshot", "--database", "x.db"]),
                                    (2, "no_repository", ["list", "--repository", "nowhere"]),
                                    (4, "not_confirmed", ["restore", taken, "--database", "app.db"]),
                                    (4, "exists", ["export", taken, "app.db"]),
                                    (3, "nothing_to_verify", ["verify", "--all", "--database", "other.db"])):
            with self.subTest(code):
                document = self.document(status, *words)
                self.assertEqual((document["exit"], document["error"]["code"]), (status, code))
                self.assertEqual(sorted(document["error"]), ["code", "message", "next", "object", "state"])
                self.assertNotEqual(document["error"]["state"], "")
                done = self.run_it("--json", *words)
                self.assertIn("dbrollback: " + document["error"]["message"], done.err)

    def test_damage_is_in_the_document_of_verify(self):
        self.init()
        taken = self.snapshot(self.make("app.db"))
        os.unlink(os.path.join(self.repo, "snapshots", taken, "data-0000.seg"))
        document = self.document(3, "verify", taken)
        self.assertEqual((document["ok"], document["snapshots"][0]["damage"]),
                         (False, [{"object": "data-0000.seg", "problem": "is missing"}]))

    def test_names_that_are_not_utf8_still_give_valid_json(self):
        self.init()
        name = os.path.join(os.fsencode(self.at), b"caf\xe9.db")
        os.rename(self.make("app.db"), name)
        self.document(0, "snapshot", "--database", os.fsdecode(name))
        self.document(0, "list")
        self.document(1, "snapshot", "--database", os.fsdecode(name) + "x")


dbr.main()
