"""The databases of a benchmark: the demonstration shop at the size that was asked for, and what happened to it since.

    python3 benchmarks/databases.py make FILE BYTES
    python3 benchmarks/databases.py append FILE          rows until there is 1 % more of pages
    python3 benchmarks/databases.py change FILE          rows in about 1 % of the pages

Programs of their own, so that the memory they need is not taken for that of what is measured.
"""
import datetime
import os
import random
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "tools", "demo"))
import shop  # noqa: E402
import words  # noqa: E402

LAST_DAY = datetime.date(2026, 1, 1)  # the same rows on every day
BYTES_AT_SCALE_1 = 205_000_000
PAGE = 4096
MESSAGES_A_TICKET = 3
NEWEST = 200  # customers who write: rows of all of them would change the indexes' pages everywhere, and append to none


def make(path, size):
    """A shop of `size` bytes to within 1 %: generated a little too small, and filled up with tickets."""
    scale = 0.96 * size / BYTES_AT_SCALE_1
    for _ in range(4):
        if os.path.exists(path):
            os.remove(path)
        shop.generate(path, scale=scale, last_day=LAST_DAY)
        made = os.path.getsize(path)
        if made <= size:
            break
        scale *= 0.95 * size / made
    grow(path, size // PAGE)


def grow(path, pages):
    """Adds tickets with messages, as the shop does on any day, until the file has so many pages."""
    rng = random.Random(7)
    sentences = words.sentences(rng, 5000)
    db = sqlite3.connect(path, isolation_level=None)
    ticket = db.execute("SELECT max(id) FROM tickets").fetchone()[0]
    message = db.execute("SELECT max(id) FROM messages").fetchone()[0]
    customers = db.execute("SELECT max(id) FROM customers").fetchone()[0]
    db.execute("BEGIN")
    while db.execute("PRAGMA page_count").fetchone()[0] < pages:
        ticket += 1
        db.execute("INSERT INTO tickets VALUES (?, ?, ?, 'open', '2026-01-02 10:00:00')",
                   (ticket, customers - rng.randrange(min(customers, NEWEST)), rng.choice(words.SUBJECTS)))
        for _ in range(MESSAGES_A_TICKET):
            message += 1
            db.execute("INSERT INTO messages VALUES (?, ?, 'customer', '2026-01-02 10:00:00', ?)",
                       (message, ticket, "\n".join(rng.choices(sentences, k=rng.randrange(3, 13)))))
    finish(db)


def append(path):
    pages = os.path.getsize(path) // PAGE
    grow(path, pages + max(1, pages // 100))


def change(path):
    """Writes as many rows as 1 % of the pages, far from each other: nearly each is on a page of its own."""
    rng, pages = random.Random(8), os.path.getsize(path) // PAGE
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN")
    for table, statement, share in (
            ("messages", "UPDATE messages SET body = substr(body, 2) || substr(body, 1, 1) WHERE id = ?", 0.8),
            ("orders", "UPDATE orders SET status = 'claimed' WHERE id = ?", 0.2)):
        rows = db.execute(f"SELECT max(id) FROM {table}").fetchone()[0]
        chosen = rng.sample(range(1, rows + 1), min(rows, max(1, int(pages / 100 * share))))
        db.executemany(statement, [(id,) for id in chosen])
    finish(db)


def finish(db):
    """Everything into the file itself, and onto the disk."""
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = db.execute("PRAGMA database_list").fetchone()[2]
    db.close()
    with open(path, "rb") as file:
        os.fsync(file.fileno())


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]))
    else:
        {"append": append, "change": change}[sys.argv[1]](sys.argv[2])
