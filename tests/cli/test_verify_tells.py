"""A verification that finds damage tells those who asked, over HTTP."""
import http.server
import json
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_):
        pass


class VerifyTells(dbr.Case):
    def setUp(self):
        super().setUp()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.server.received, self.server.status = [], 200
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.environment["HOOK"] = self.address + "/hooks/T0/very-secret"
        self.ok("init", "--repository", self.repo, "--config", self.path("aside.toml"), "--yes")
        self.make("app.db")
        with open(self.path("dbrollback.toml"), "w", encoding="utf-8") as file:
            file.write('[database.app]\nurl = "sqlite:app.db"\n[[notify]]\nurl = "env:HOOK"\n')

    def damage(self, snapshot):
        with open(os.path.join(self.repo, "snapshots", snapshot, "data-0000.seg"), "r+b") as file:
            file.seek(200)
            file.write(b"damaged")

    def test_damage_is_told_and_recorded(self):
        taken = self.ok("snapshot", "--json").json["id"]
        self.ok("verify", "--all")
        self.assertEqual(self.server.received, [])
        self.damage(taken)
        self.fails(3, "verify", "--all", "--quiet")
        (path, told), = self.server.received
        self.assertEqual((path, told["event"], told["exit"]), ("/hooks/T0/very-secret", "verify_failed", 3))
        self.assertIn(f"snapshot {taken} is damaged", told["text"])
        self.assertIn(taken, self.ok("report", told["run"]).out)

    def test_a_backup_that_has_stopped_is_told(self):
        self.fails(3, "verify", "--all")
        self.assertIn("there is nothing to verify", self.server.received[0][1]["error"]["message"])

    def test_a_receiver_that_fails_changes_nothing_but_a_warning(self):
        self.damage(self.ok("snapshot", "--json").json["id"])
        self.server.status = 500
        done = self.fails(3, "verify", "--latest")
        self.assertIn(f"{self.address} could not be told of this: it answered 500", done.err)
        self.assertNotIn("very-secret", done.err + done.out)
        self.assertEqual(len(self.server.received), 1)


if __name__ == "__main__":
    dbr.main()
