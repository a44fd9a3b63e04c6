"""Looks at the rows with plain SQLite, never through dbrollback: what the story's claims are checked against."""
import contextlib
import hashlib
import sqlite3

import shop

KEYS = {"order_lines": ["order_id", "line"]}
# What each new order changes in rows that were there before.
MOVING = {"accounts": "balance_cents", "products": "stock"}


def opened(path):
    return contextlib.closing(sqlite3.connect(path, timeout=60))


def value(path, sql, *parameters):
    with opened(path) as db:
        return db.execute(sql, parameters).fetchone()[0]


def count(path, table):
    return value(path, f"SELECT count(*) FROM {table}")


def version(path):
    """Of the shop's schema."""
    return value(path, "PRAGMA user_version")


def fingerprint(db, query, *parameters):
    """(rows, SHA-256) of what a query returns, in its order."""
    digest, rows = hashlib.sha256(), 0
    for row in db.execute(query, parameters):
        digest.update(repr(row).encode())
        rows += 1
    return rows, digest.hexdigest()


def treasures(path, last_payment):
    """Fingerprints of what the migration will touch, as far as it was there when the shop opened."""
    with opened(path) as db:
        return {
            "e-mail addresses": fingerprint(db, "SELECT id, name, email FROM customers ORDER BY id"),
            "messages": fingerprint(db, "SELECT * FROM messages ORDER BY id"),
            "payments to the cent": fingerprint(
                db, "SELECT id, order_id, amount_cents FROM payments WHERE id <= ? ORDER BY id", last_payment),
        }


def broken_rules(path):
    """(rule, how many rows break it) for every rule of the shop."""
    return [(rule, value(path, sql)) for rule, sql in [*shop.RULES.items(), shop.PAID_IN_FULL]]


def integrity(path):
    """"ok", or what is wrong with the file."""
    orphans = count(path, "pragma_foreign_key_check")
    return f"{orphans} rows lost their parents" if orphans else value(path, "PRAGMA integrity_check")


def checkout_references(path):
    """Of the orders that the checkout wrote, in the order in which it wrote them."""
    with opened(path) as db:
        return [reference for reference, in db.execute("SELECT reference FROM orders WHERE reference > 'W' ORDER BY 1")]


def rows_not_in(live, snapshot):
    """Compares every row of `snapshot` with its row in `live`: (rows compared, {table: rows that differ})."""
    compared, different = 0, {}
    with opened(live) as db:
        db.execute("ATTACH ? AS snapshot", (str(snapshot),))
        for table in shop.TABLES:
            columns = [c[1] for c in db.execute(f"PRAGMA table_info({table})") if c[1] != MOVING.get(table)]
            key = " AND ".join(f"a.{c} = b.{c}" for c in KEYS.get(table, ["id"]))
            a, b = (", ".join(f"{side}.{c}" for c in columns) for side in "ab")
            rows, wrong = db.execute(f"SELECT count(*), total(({a}) IS NOT ({b}))"
                                     f" FROM snapshot.{table} a LEFT JOIN main.{table} b ON {key}").fetchone()
            compared += rows
            if wrong:
                different[table] = int(wrong)
    return compared, different
