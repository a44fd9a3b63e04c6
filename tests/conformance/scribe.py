"""A process that writes lines of its own and knows which were committed: `scribe.py FILE NUMBER PAUSE_MS [reopen]`.

With `reopen` it opens a connection for each line, as programs do that run once for each request."""
import random
import sqlite3
import sys
import time

import loop


class Scribe:
    def __init__(self, file, number, pause, reopen):
        self.file = file
        self.number = number
        self.pause = pause / 1000
        self.reopen = reopen
        self.random = random.Random(number)
        self.connection = None
        self.next = 0
        self.committed = []
        self.errors = []

    def write(self):
        if self.connection is None:
            self.connection = sqlite3.connect(self.file, timeout=0, isolation_level=None)
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.execute("INSERT INTO line(writer, number) VALUES (?, ?)", (self.number, self.next))
            self.connection.execute("COMMIT")
        finally:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            if self.reopen:
                self.connection.close()
                self.connection = None

    def step(self):
        try:
            self.write()
        except sqlite3.Error as error:
            if "locked" not in str(error):
                self.errors.append(str(error))
            time.sleep(self.random.uniform(0.001, 0.004))
            return
        self.committed.append(self.next)
        self.next += 1
        time.sleep(self.pause)

    def report(self):
        return {"writer": self.number, "committed": self.committed, "errors": self.errors}


if __name__ == "__main__":
    scribe = Scribe(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:] == ["reopen"])
    loop.run(scribe.step, scribe.report)
