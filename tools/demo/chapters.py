"""The chapters of the story. Each shows the real commands and tells only what it has checked on the real rows."""
import os
import pathlib
import shutil
import time

import shop
import witness
from checkout import Checkout
from narrator import DidNotHold, Narrator

MIGRATION = pathlib.Path(__file__).parent / "migrations" / "v2.0.0.sql"


class Story:
    def __init__(self, binary, top):
        self.top, self.folder, self.scratch = top, top / "shop", top / "tmp"
        self.live = self.folder / "shop.db"
        for folder in (self.folder, self.scratch):
            folder.mkdir()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DBROLLBACK_")}
        environment["TMPDIR"] = str(self.scratch)
        self.tell = Narrator(binary, self.folder, environment)
        self.checkout = None

    def run(self):
        started = time.monotonic()
        for chapter in (self.opening, self.preparing, self.snapshot, self.migration, self.difference, self.way_back,
                        self.proof, self.afterwards):
            chapter()
        self.epilogue(time.monotonic() - started)

    def export(self, id, name):
        path = self.scratch / name
        self.tell.document("export", id, str(path))
        return path

    def rules_hold(self, path, where=""):
        for rule, broken in witness.broken_rules(path):
            self.tell.holds(where + rule, broken == 0, f"the query that looks for exceptions returns {broken}")

    def still_writing(self):
        if not self.checkout.wait_for(100):
            raise DidNotHold(f"the checkout stopped writing: {self.checkout.complaint() or 'it hangs'}")

    def slowest(self, since):
        return self.checkout.slowest(since, time.monotonic())

    def opening(self):
        tell = self.tell
        tell.chapter(1, "A shop")
        tell.say("The Copper Kettle sells teapots online and keeps everything in one SQLite file: orders, payments,"
                 " and a helpdesk. It does not exist, so let us make it up.")
        started = time.monotonic()
        shop.generate(self.live)
        seconds, size = time.monotonic() - started, self.live.stat().st_size
        self.last_payment = witness.value(self.live, "SELECT max(id) FROM payments")
        self.before = witness.treasures(self.live, self.last_payment)
        tell.table(["table", "rows"], [[table, witness.count(self.live, table)] for table in shop.TABLES])
        tell.say(f"{size / 1e6:.0f} MB, made in {seconds:.0f} s. Now its checkout opens: a process that takes orders"
                 " without a pause, each in one transaction, and does not stop until this story ends.")
        tell.print()
        self.rules_hold(self.live)
        self.checkout = Checkout(self.live, self.top / "checkout.log")
        self.still_writing()
        orders = self.checkout.orders()
        rate = len(orders) / (orders[-1].ended - orders[0].started)
        tell.holds(f"the checkout writes {rate:.0f} orders a second", rate > 0)

    def preparing(self):
        tell = self.tell
        tell.chapter(2, "A place for snapshots")
        tell.say("One command makes a repository and a configuration file. (Here everything lives in one temporary"
                 " folder; keep yours on another disk.)")
        tell.command("dbrollback init --database shop.db --repository ../backups")
        tell.say("The shop knows two things that must be true at every moment. They go into dbrollback.toml, and every"
                 " snapshot and every proof will ask them:")
        checks = "\n".join(f'[[database.shop.check]]\nname = "{rule}"\nsql = """{sql}"""\nexpect = 0\n'
                           for rule, sql in shop.RULES.items())
        tell.quote(checks)
        with open(self.folder / "dbrollback.toml", "a", encoding="utf-8") as file:
            file.write("\n" + checks)
        tell.command("dbrollback doctor")

    def snapshot(self):
        tell = self.tell
        tell.chapter(3, "Before the deploy: a snapshot")
        tell.say("Version v2.0.0 is about to go out, with a migration. So first, while the orders keep coming:")
        acknowledged, started = len(self.checkout.orders()), time.monotonic()
        tell.command("dbrollback snapshot --app-version v2.0.0")
        slowest = self.slowest(started)
        tell.print()
        tell.holds(f"the checkout never stood still: its slowest order meanwhile took {slowest * 1000:.0f} ms",
                   slowest < 5)
        snapshots = tell.document("list")["snapshots"]
        tell.holds("there is one snapshot, for v2.0.0", [s["app_version"] for s in snapshots] == ["v2.0.0"], snapshots)
        self.id = snapshots[0]["id"]

        tell.say("Is it any good? There is one honest way to know: restore it somewhere and look.")
        tell.command("dbrollback verify --latest --level restored")
        tell.print()
        proof = tell.document("show", self.id)["proof"]
        tell.holds("the repository remembers that this snapshot was really restored", proof == "restored", proof)
        self.then = self.export(self.id, "then.db")
        integrity = witness.integrity(self.then)
        tell.holds("written out as a plain file, it is a sound SQLite database", integrity == "ok", integrity)
        self.rules_hold(self.then, "in it, ")
        held = witness.checkout_references(self.then)
        whole = held == [f"W-{n:07}" for n in range(1, len(held) + 1)] and len(held) >= acknowledged
        tell.holds(f"it holds the first {len(held):,} orders of the checkout and no part of any other:"
                   " one moment, not a smear", whole, f"{acknowledged:,} were acknowledged before it began")

    def migration(self):
        tell = self.tell
        tell.chapter(4, "The migration")
        tell.say("Reviewed by two people, green in CI, where the database has three customers:")
        tell.quote(MIGRATION.read_text())
        shutil.copy(MIGRATION, self.folder)
        with open(self.folder / MIGRATION.name, "rb") as script:
            tell.command("sqlite3 -bail -cmd '.timeout 30000' shop.db < v2.0.0.sql",
                         ["sqlite3", "-bail", "-cmd", ".timeout 30000", str(self.live)], stdin=script)
        tell.say("No error. The checkout notices the new schema and goes on. And yet:")
        paid = witness.value(self.then, "SELECT sum(amount_cents) FROM payments WHERE id <= ?", self.last_payment)
        euros = witness.value(self.live, "SELECT sum(amount_euros) FROM payments WHERE id <= ?", self.last_payment)
        addresses, messages = witness.count(self.live, "mailboxes"), witness.count(self.live, "messages")
        tell.table(["", "before", "now"], [
            ["customers with an e-mail address", self.before["e-mail addresses"][0], addresses],
            ["messages in the helpdesk", self.before["messages"][0], messages],
            ["the same payments, in euros", f"{paid / 100:,.2f}", f"{euros:,}.00"]])
        id = witness.value(self.live, "SELECT customer_id FROM mailboxes WHERE length(user) = 8")
        email = witness.value(self.then, "SELECT email FROM customers WHERE id = ?", id)
        now = witness.value(self.live, "SELECT user || '@' || domain FROM mailboxes WHERE customer_id = ?", id)
        tell.say(f"And {email} is now {now}.")
        tell.print()
        self.still_writing()
        tell.holds("it happened: addresses, messages and cents are gone from the live file",
                   addresses < self.before["e-mail addresses"][0] and messages == 0 and euros * 100 < paid)

    def difference(self):
        tell = self.tell
        tell.chapter(5, "What has it done?")
        tell.say("The phone rings. The first question at 3 a.m. is always the same one. `before:v2.0.0` means the"
                 " snapshot taken before that version:")
        tell.command("dbrollback diff before:v2.0.0 live", expect=3)
        tell.say("Exit status 3: a difference was found. Against what the rows themselves say:")
        tell.print()
        tables = {t["name"]: t for t in tell.document("diff", "before:v2.0.0", "live", expect=3)["tables"]}
        lost = self.before["messages"][0]
        tell.holds(f"diff counts every one of the {lost:,} lost messages",
                   tables.get("messages", {}).get("removed") == lost, tables.get("messages"))
        tell.holds("diff names the two lost columns",
                   "email" in tables.get("customers", {}).get("columns_removed", [])
                   and "amount_cents" in tables.get("payments", {}).get("columns_removed", []))
        tell.holds("diff leaves out what nobody touched", "tickets" not in tables, tables.get("tickets"))

    def way_back(self):
        tell = self.tell
        tell.chapter(6, "The way back")
        tell.say("First, what would happen. A dry run changes nothing:")
        tell.command("dbrollback restore before:v2.0.0 --dry-run")
        tell.print()
        tell.holds("the live file is as it was: still v2, still no messages",
                   witness.version(self.live) == 2 and witness.count(self.live, "messages") == 0)
        tell.say("Then the real thing, into the very file that the checkout is writing to. Nobody has to stop it:"
                 " readers and writers see the database before or after, never a mixture.")
        file, started = os.stat(self.live), time.monotonic()
        tell.command("dbrollback restore before:v2.0.0 --yes")
        tell.print()
        self.still_writing()
        tell.holds("the checkout, which had the file open all the time, goes on writing; its longest wait was"
                   f" {self.slowest(started) * 1000:,.0f} ms", witness.version(self.live) == 1)
        now = os.stat(self.live)
        tell.holds("it is the same file: inode, owner and mode are what they were",
                   (file.st_ino, file.st_uid, file.st_gid, file.st_mode)
                   == (now.st_ino, now.st_uid, now.st_gid, now.st_mode))

    def proof(self):
        tell = self.tell
        tell.chapter(7, "The proof")
        tell.say("Said is not done. What the migration destroyed, compared by SHA-256 with what was there when the shop"
                 " opened:")
        tell.print()
        for name, (rows, digest) in witness.treasures(self.live, self.last_payment).items():
            tell.holds(f"{name}: {rows:,} rows, {digest[:16]}..., as before", (rows, digest) == self.before[name])
        self.rules_hold(self.live)
        integrity = witness.integrity(self.live)
        tell.holds("the live file is sound, and every foreign key finds its parent", integrity == "ok", integrity)
        tell.say("So a difference from the snapshot can only be what the checkout wrote since: rows added, stock and"
                 " balances moved, nothing removed.")
        tell.command("dbrollback diff before:v2.0.0 live", expect=3)
        tell.print()
        least = self.new_orders()
        document = tell.document("diff", "before:v2.0.0", "live", expect=3)
        most = self.new_orders()
        added = {t["name"]: t["added"] for t in document["tables"]}.get("orders", 0)
        odd = [t["name"] for t in document["tables"]
               if t["removed"] or (t["changed"] and t["name"] not in witness.MOVING)]
        tell.holds("diff finds no change of the schema, no row removed, and as many new orders as there are",
                   not document["schema"] and not odd and least <= added <= most,
                   f"schema {document['schema']}, tables {odd}, {added} new orders of {least} to {most}")
        compared, different = witness.rows_not_in(self.live, self.then)
        tell.holds(f"plain SQL agrees: all {compared:,} rows of the snapshot are in the live file, value by value",
                   not different, different)

    def new_orders(self):
        return witness.count(self.live, "orders") - witness.count(self.then, "orders")

    def afterwards(self):
        tell = self.tell
        tell.chapter(8, "And the orders in between?")
        tell.say("Customers went on ordering between the snapshot and the restore. Those orders are not in the restored"
                 " file, but they are not lost: before it overwrote anything, restore took a snapshot of what was"
                 " there.")
        tell.command("dbrollback list")
        tell.print()
        others = [s for s in tell.document("list")["snapshots"] if s["id"] != self.id]
        tell.holds("there is a second snapshot, of the state before the restore", len(others) == 1, others)
        aside = self.export(others[0]["id"], "aside.db")
        tell.holds("it is the bad state, as it was: v2, no messages",
                   witness.version(aside) == 2 and witness.count(aside, "messages") == 0)
        acknowledged = {order.reference for order in self.checkout.orders()}
        kept, live = set(witness.checkout_references(aside)), set(witness.checkout_references(self.live))
        missing = acknowledged - kept - live
        tell.holds(f"of all {len(acknowledged):,} orders that the checkout was told are safe, each is in the live"
                   f" file or in that snapshot ({len(kept - live):,} only there)", not missing,
                   f"{len(missing)} are in neither, {min(missing, default='')} the first")
        tell.command("dbrollback verify --all --level stored")
        self.checkout.stop()
        tell.print()
        tell.holds(f"the checkout closes after {len(self.checkout.orders()):,} orders and not one error",
                   self.checkout.process.returncode == 0, self.checkout.complaint())

    def epilogue(self, seconds):
        tell = self.tell
        build = os.path.relpath(pathlib.Path(tell.binary).parents[1])
        tell.heading(f"Everything held, in {seconds:.0f} seconds.")
        tell.say("Now yours. For an application with its database in /srv/app/app.db:")
        tell.quote(f"""sudo cmake --install {build}
cd /srv/app
dbrollback init --database app.db --repository /mnt/backups/app
dbrollback doctor

dbrollback snapshot --app-version v1.4.0     # before a deploy's migrations
dbrollback verify --latest --level restored

dbrollback diff before:v1.4.0 live           # when something went wrong
dbrollback restore before:v1.4.0 --dry-run
dbrollback restore before:v1.4.0""")
        tell.say("The README has the rest: the nightly cron lines, snapshots through a pipe, and the way out without"
                 " dbrollback.")
        tell.print()
