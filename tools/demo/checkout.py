"""The shop's checkout: a process that writes orders without a pause, and the handle that the story has on it.

    python3 tools/demo/checkout.py DATABASE LOG

It knows the schema of v1 and of v2, as an application does while its releases change, and looks at user_version in each
transaction. Every line of the log is an order whose commit was acknowledged.
"""
import collections
import datetime
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

PAYMENT = {
    1: ("INSERT INTO payments (order_id, method, amount_cents, paid_at) VALUES (?, ?, ?, ?)", 1),
    2: ("INSERT INTO payments (order_id, method, amount_euros, paid_at) VALUES (?, ?, ?, ?)", 100),
}


def place_order(db, rng, reference, customers, products):
    """One transaction; returns the schema's version that it was written against."""
    db.execute("BEGIN IMMEDIATE")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    now = datetime.datetime.now().isoformat(" ", "seconds")
    customer, total = rng.randrange(1, customers + 1), 0
    order = db.execute("INSERT INTO orders (reference, customer_id, placed_at, status, total_cents)"
                       " VALUES (?, ?, ?, 'paid', 0)", (reference, customer, now)).lastrowid
    for line in range(1, rng.randrange(2, 6)):
        product, quantity = rng.randrange(1, products + 1), rng.randrange(1, 4)
        price, = db.execute("SELECT price_cents FROM products WHERE id = ?", (product,)).fetchone()
        db.execute("INSERT INTO order_lines VALUES (?, ?, ?, ?, ?)", (order, line, product, quantity, price))
        db.execute("UPDATE products SET stock = stock - ? WHERE id = ?", (quantity, product))
        total += quantity * price
    db.execute("UPDATE orders SET total_cents = ? WHERE id = ?", (total, order))
    statement, unit = PAYMENT[version]
    db.execute(statement, (order, "card", total // unit, now))
    db.execute("UPDATE accounts SET balance_cents = balance_cents - ? WHERE customer_id = ?", (total, customer))
    db.execute("UPDATE accounts SET balance_cents = balance_cents + ? WHERE id = 1", (total,))
    db.execute("COMMIT")
    return version


def write_orders(path, log_path):
    stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C is the story's business
    story = os.getppid()
    db = sqlite3.connect(path, timeout=60, isolation_level=None)
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA synchronous = NORMAL")
    customers, = db.execute("SELECT count(*) FROM customers").fetchone()
    products, = db.execute("SELECT count(*) FROM products").fetchone()
    rng, number = random.Random(7), 0
    with open(log_path, "a", buffering=1) as log:
        while not stopping and os.getppid() == story:
            number += 1
            started = time.monotonic()
            version = place_order(db, rng, f"W-{number:07}", customers, products)
            log.write(f"W-{number:07} {started} {time.monotonic()} {version}\n")
            time.sleep(rng.uniform(0.002, 0.012))
    db.close()


Order = collections.namedtuple("Order", "reference started ended version")


class Checkout:
    """The running process. Times are those of time.monotonic()."""

    def __init__(self, database, log):
        self.log, self.errors = log, log.with_suffix(".err")
        log.touch()
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen([sys.executable, __file__, database, log], stderr=errors)

    def orders(self):
        """What was acknowledged so far, oldest first."""
        with open(self.log) as lines:
            whole = [line.split() for line in lines if line.endswith("\n")]
        return [Order(ref, float(started), float(ended), int(version)) for ref, started, ended, version in whole]

    def slowest(self, since, until):
        """The longest that one order took, in seconds, of those that touch the time between."""
        return max((o.ended - o.started for o in self.orders() if o.ended >= since and o.started <= until), default=0.0)

    def wait_for(self, count, seconds=60):
        """Waits for `count` more orders; False when they do not come."""
        goal, deadline = len(self.orders()) + count, time.monotonic() + seconds
        while len(self.orders()) < goal:
            if self.process.poll() is not None or time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def complaint(self):
        """Why it ended, if it did."""
        if self.process.poll() is None:
            return ""
        return self.errors.read_text().strip().rsplit("\n", 1)[-1] or f"exit status {self.process.returncode}"

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


if __name__ == "__main__":
    write_orders(sys.argv[1], sys.argv[2])
