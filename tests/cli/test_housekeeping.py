"""prune, pin, the catalog, and the nightly verification."""
import json
import os
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from support import dbr  # noqa: E402

NONE = ["--keep-last", "0", "--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0"]


class Housekeeping(messages.Case):
    def setUp(self):
        super().setUp()
        self.init()
        self.database = self.make("app.db")

    def take(self, number):
        return [self.snapshot(self.database) for _ in range(number)]

    def prune(self, *words):
        self.ok("prune", "--yes", *words)
        return self.held_ids()

    def damage(self, identity):
        os.unlink(os.path.join(self.repo, "snapshots", identity, "data-0000.seg"))
        self.fails(3, "verify", identity)


class Prune(Housekeeping):
    def test_what_a_rule_keeps_stays_and_the_rest_goes(self):
        ids = self.take(4)
        before = self.ok("prune", "--dry-run", "--keep-last", "2", *NONE[2:]).out
        self.assertRegex(before, rf"{ids[0]} .* remove +no rule keeps it\n")
        self.assertRegex(before, rf"{ids[3]} .* keep +last 2\n")
        self.assertIn("dry run: would remove 2 snapshots and free ", before)
        self.assertEqual(self.held_ids(), sorted(ids))
        self.assertEqual(self.prune("--keep-last", "2", *NONE[2:]), sorted(ids[2:]))
        self.assertEqual(len(self.ok("list", "--json").json["snapshots"]), 2)

    def test_one_a_day_is_the_newest_of_the_day(self):
        ids = self.take(3)
        self.assertEqual(self.prune("--keep-last", "0", "--keep-daily", "7", *NONE[4:]), [ids[2]])

    def test_a_pinned_one_stays(self):
        ids = self.take(3)
        self.ok("pin", ids[0], "--reason", "audit")
        self.assertRegex(self.ok("prune", "--dry-run", *NONE).out, rf"{ids[0]} .* keep +pinned: audit\n")
        self.assertEqual(self.prune("--keep-last", "1", *NONE[2:]), sorted([ids[0], ids[2]]))
        self.ok("unpin", ids[0])
        self.assertEqual(self.prune("--keep-last", "1", *NONE[2:]), [ids[2]])

    def test_the_only_verified_one_stays(self):
        ids = self.take(3)
        self.ok("verify", ids[0])
        self.assertEqual(self.prune("--keep-last", "1", *NONE[2:]), sorted([ids[0], ids[2]]))
        self.ok("verify", ids[2])
        self.assertEqual(self.prune("--keep-last", "1", *NONE[2:]), [ids[2]])

    def test_a_damaged_one_counts_for_no_rule(self):
        ids = self.take(3)
        self.damage(ids[2])
        self.assertIn(ids[1], self.prune("--keep-last", "1", *NONE[2:]))
        self.assertNotIn(ids[0], self.held_ids())

    def test_databases_do_not_count_against_each_other(self):
        ids = self.take(2)
        other = self.snapshot(self.make("other.db"))
        self.assertEqual(self.prune("--keep-last", "1", *NONE[2:]), sorted([ids[1], other]))
        third = self.snapshot(self.database)
        self.assertEqual(self.prune("--keep-last", "1", "--database", "other.db", *NONE[2:]), sorted([ids[1], other, third]))

    def test_nothing_to_remove_is_no_failure(self):
        self.assertEqual(self.ok("prune", "--yes").out, "nothing to remove: every snapshot is kept\n")


class Catalog(Housekeeping):
    def setUp(self):
        super().setUp()
        self.ids = self.take(3)
        self.catalog = os.path.join(self.repo, "catalog.db")

    def listed(self):
        return [each["id"] for each in self.ok("list", "--json").json["snapshots"]]

    def test_deleted_damaged_or_of_another_program_it_is_made_again(self):
        self.assertEqual(self.listed(), self.ids)
        with open(self.catalog, "rb") as file:
            good = file.read()
        for name, content in (("empty", b""), ("garbage", os.urandom(9000)), ("cut in half", good[:len(good) // 2]),
                              ("a good header only", good[:100] + os.urandom(len(good) - 100)), ("gone", None)):
            with self.subTest(name):
                os.unlink(self.catalog)
                if content is not None:
                    with open(self.catalog, "wb") as file:
                        file.write(content)
                self.assertEqual(self.listed(), self.ids)
                self.assertEqual(self.listed(), self.ids)
        with sqlite3.connect(self.catalog) as connection:
            connection.execute("DROP TABLE snapshot")
        connection.close()
        self.assertEqual(self.listed(), self.ids)

    def test_behind_the_manifests_it_catches_up(self):
        self.listed()
        with open(self.catalog, "rb") as file:
            old = file.read()
        new = self.snapshot(self.database)
        self.ok("pin", self.ids[0], "--reason", "audit")
        self.ok("prune", "--yes", "--keep-last", "1", *NONE[2:])
        with open(self.catalog, "wb") as file:
            file.write(old)
        self.assertEqual(self.listed(), [self.ids[0], new])
        self.assertEqual(self.ok("show", self.ids[0], "--json").json["pin_reason"], "audit")

    def test_it_is_never_believed_against_the_manifests(self):
        self.listed()
        with sqlite3.connect(self.catalog) as connection:
            connection.execute("INSERT INTO snapshot SELECT '20010101T000000Z-dead', stamp, "
                               "replace(summary, id, '20010101T000000Z-dead') FROM snapshot LIMIT 1")
        connection.close()
        self.assertEqual(self.listed(), self.ids)

    def test_rebuild_counts_what_there_is(self):
        os.unlink(self.catalog)
        self.assertEqual(self.normal(self.ok("catalog", "rebuild").out), "rebuilt the catalog of AT/repo: 3 snapshots\n")
        self.assertEqual(self.listed(), self.ids)


class Nightly(Housekeeping):
    def test_an_empty_repository_is_status_3(self):
        self.refuses(3, "dbrollback: there is nothing to verify: no snapshots in AT/repo\n"
                        "  state: nothing was changed\n"
                        "  next:  dbrollback snapshot\n", "verify", "--all", "--max-age", "26h")

    def test_a_newest_snapshot_that_is_too_old_is_status_3(self):
        self.take(2)
        self.ok("verify", "--all", "--max-age", "26h")
        time.sleep(1.1)
        done = self.fails(3, "verify", "--all", "--max-age", "1s", "--level", "stored")
        self.assertRegex(self.said(done), r"^warning: the newest snapshot of app, ID, is \d s old, which is more than 1(\.0)? s\n$")
        self.assertRegex(self.normal(done.out), r"(?s)2 snapshots verified, all of them whole\n\n"
                                                r"  to take a new one:  dbrollback snapshot\n$")
        self.fails(3, "verify", "--all", "--max-age", "1s", "--quiet")

    def test_a_fresh_one_of_one_database_does_not_excuse_another(self):
        self.take(1)
        time.sleep(1.1)
        self.snapshot(self.make("other.db"))
        done = self.fails(3, "verify", "--all", "--max-age", "1s")
        self.assertRegex(self.said(done), r"^warning: the newest snapshot of app, ID, is \d s old, which is more than 1(\.0)? s\n$")

    def test_a_configured_database_without_any_snapshot_is_status_3(self):
        self.take(1)
        with open(self.path("two.toml"), "w") as file:
            file.write(f"repository = '{self.repo}'\n[database.app]\nurl = 'app.db'\n[database.stock]\nurl = 'stock.db'\n")
        done = self.fails(3, "verify", "--all", "--max-age", "26h", "--config", "two.toml")
        self.assertRegex(self.said(done), r"^warning: .*\bstock\b")

    def test_what_could_not_be_verified_is_named_beside_the_others(self):
        ids = self.take(2)
        with open(self.path("file"), "w"):
            pass
        done = self.fails(1, "verify", "--all", "--level", "restored", "--scratch", "file", "--json")
        self.assertEqual([(each["id"], "file" in each["problem"]) for each in done.json["not_verified"]],
                         [(name, True) for name in ids])
        self.assertEqual((done.json["ok"], done.json["snapshots"]), (False, []))
        said = self.fails(1, "verify", "--all", "--level", "restored", "--scratch", "file").err
        self.assertIn("warning: 2 snapshots could not be verified", said)
        self.assertEqual(self.ok("verify", "--all", "--json").json["not_verified"], [])

    def test_damage_anywhere_is_found_and_the_others_are_still_verified(self):
        ids = self.take(3)
        os.truncate(os.path.join(self.repo, "snapshots", ids[1], "data-0000.seg"), 100)
        done = self.fails(3, "verify", "--all", "--json")
        self.assertEqual({each["id"]: each["ok"] for each in done.json["snapshots"]},
                         {ids[0]: True, ids[1]: False, ids[2]: True})
        self.assertEqual([each["damaged"] for each in self.ok("list", "--json").json["snapshots"]], [False, True, False])
        self.assertIn("1 snapshot damaged", self.fails(1, "doctor").out)

    def test_every_run_that_changes_something_leaves_a_record(self):
        taken = self.take(1)[0]
        self.ok("verify", taken)
        self.fails(1, "snapshot", "--database", "nope.db")
        records = []
        for name in os.listdir(os.path.join(self.repo, "runs")):
            with open(os.path.join(self.repo, "runs", name)) as file:
                records.append(json.load(file))
        self.assertEqual([(each["command"], each["exit"]) for each in sorted(records, key=lambda each: each["started"])],
                         [("snapshot", 0), ("verify", 0), ("snapshot", 1)])


dbr.main()
