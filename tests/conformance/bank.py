"""A database whose every transaction keeps an invariant: money moves between accounts, each move has a line in the
ledger, and a counter knows how many there are.

As a program, `bank.py FILE NUMBER BUSY_MILLISECONDS`, it is a writer that commits without a pause."""
import random
import sqlite3
import sys
import time

import loop

ACCOUNTS = 200
START = 1000


def make(file, journal_mode, padding):
    """A bank with `padding` bytes of other data."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute(f"PRAGMA journal_mode={journal_mode}")
    connection.execute("PRAGMA synchronous=OFF")
    connection.executescript("""
        CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, filler BLOB);
        CREATE TABLE ledger(id INTEGER PRIMARY KEY, writer, source, target, amount);
        CREATE INDEX ledger_by_source ON ledger(source);
        CREATE TABLE counter(lines INTEGER NOT NULL);
        INSERT INTO counter VALUES (0);
        CREATE TABLE other(id INTEGER PRIMARY KEY, data BLOB);
        """)
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO account VALUES (?, ?, zeroblob(2000))", ((i, START) for i in range(ACCOUNTS)))
    connection.executemany("INSERT INTO other(data) VALUES (randomblob(?))", ((8000,) for _ in range(padding // 8000)))
    connection.execute("COMMIT")
    connection.close()


def broken_invariants(file):
    """What does not hold in a bank; empty when it is consistent."""
    connection = sqlite3.connect(file, timeout=30)
    expected = {
        "SELECT sum(balance) FROM account": ACCOUNTS * START,
        "SELECT count(*) - (SELECT lines FROM counter) FROM ledger": 0,
        # What the ledger says of each account is what the account holds.
        f"""SELECT count(*) FROM account a WHERE balance <> {START}
            - coalesce((SELECT sum(amount) FROM ledger l WHERE l.source = a.id), 0)
            + coalesce((SELECT sum(amount) FROM (SELECT target, sum(amount) AS amount FROM ledger GROUP BY 1) l
                        WHERE l.target = a.id), 0)""": 0,
        "PRAGMA integrity_check": "ok",
    }
    found = {sql: connection.execute(sql).fetchone()[0] for sql in expected}
    connection.close()
    return {sql: value for sql, value in found.items() if value != expected[sql]}


def lines(file):
    connection = sqlite3.connect(file, timeout=30)
    count = connection.execute("SELECT lines FROM counter").fetchone()[0]
    connection.close()
    return count


class Writer:
    def __init__(self, file, number, busy):
        self.connection = sqlite3.connect(file, timeout=0, isolation_level=None)
        self.number = number
        self.busy = busy / 1000
        self.random = random.Random(number)
        self.commits = []  # when each was done; the clock is the same in all processes
        self.longest = 0.0
        self.errors = []
        self.patiently("PRAGMA synchronous=NORMAL")

    def patiently(self, sql):
        """Waits for a lock as SQLite would, but in short steps: its own are so long that four writers starve."""
        end = time.monotonic() + self.busy
        while True:
            try:
                return self.connection.execute(sql)
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() >= end:
                    raise
            time.sleep(self.random.uniform(0.001, 0.004))

    def step(self):
        source, target = self.random.sample(range(ACCOUNTS), 2)
        amount = self.random.randint(1, 10)
        begun = time.monotonic()
        try:
            self.patiently("BEGIN IMMEDIATE")
            self.connection.execute("UPDATE account SET balance = balance - ? WHERE id = ?", (amount, source))
            self.connection.execute("INSERT INTO ledger(writer, source, target, amount) VALUES (?, ?, ?, ?)",
                                    (self.number, source, target, amount))
            self.connection.execute("UPDATE counter SET lines = lines + 1")
            self.connection.execute("UPDATE account SET balance = balance + ? WHERE id = ?", (amount, target))
            self.patiently("COMMIT")
        except sqlite3.Error as error:
            self.errors.append(str(error))
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            return
        self.commits.append(time.monotonic())
        self.longest = max(self.longest, self.commits[-1] - begun)

    def report(self):
        return {"commits": self.commits, "longest": self.longest, "errors": self.errors}


if __name__ == "__main__":
    writer = Writer(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    loop.run(writer.step, writer.report)
