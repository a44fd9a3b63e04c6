"""A process that reads a database again and again, each time everything in one transaction: `poller.py FILE`.

It reports the states that it saw, each once in a row."""
import sqlite3
import sys
import time

import loop
import versions


class Poller:
    def __init__(self, file):
        self.connection = sqlite3.connect(file, timeout=0, isolation_level=None)
        self.seen = []
        self.errors = []

    def step(self):
        try:
            self.connection.execute("BEGIN")
            state = versions.state(self.connection)
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            if "locked" not in str(error):
                self.errors.append(str(error))
            time.sleep(0.002)
            return
        if not self.seen or self.seen[-1] != state:
            self.seen.append(state)

    def report(self):
        return {"seen": self.seen, "errors": self.errors}


if __name__ == "__main__":
    poller = Poller(sys.argv[1])
    loop.run(poller.step, poller.report)
