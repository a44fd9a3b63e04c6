"""The demonstration shop: its schema, its rules, and a generator of a realistic database of about 200 MB.

    python3 tools/demo/shop.py FILE [SCALE]

The same seed and the same last day give the same rows.
"""
import datetime
import os
import random
import sqlite3
import sys
import unicodedata

import words

SCHEMA = """
CREATE TABLE customers (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, street TEXT NOT NULL, city TEXT NOT NULL,
  newsletter INTEGER NOT NULL, joined_on TEXT NOT NULL);
-- Account 1 is the shop's own, the others are the customers'. Money only moves: the balances add up to nothing.
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), balance_cents INTEGER NOT NULL);
CREATE TABLE products (
  id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT NOT NULL,
  price_cents INTEGER NOT NULL, stock INTEGER NOT NULL);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT NOT NULL, customer_id INTEGER NOT NULL REFERENCES customers(id),
  placed_at TEXT NOT NULL, status TEXT NOT NULL, total_cents INTEGER NOT NULL, note TEXT);
CREATE TABLE order_lines (
  order_id INTEGER NOT NULL REFERENCES orders(id), line INTEGER NOT NULL,
  product_id INTEGER NOT NULL REFERENCES products(id), quantity INTEGER NOT NULL, price_cents INTEGER NOT NULL,
  PRIMARY KEY (order_id, line)) WITHOUT ROWID;
CREATE TABLE payments (
  id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders(id), method TEXT NOT NULL,
  amount_cents INTEGER NOT NULL, paid_at TEXT NOT NULL);
CREATE TABLE tickets (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers(id), subject TEXT NOT NULL,
  status TEXT NOT NULL, opened_at TEXT NOT NULL);
CREATE TABLE messages (
  id INTEGER PRIMARY KEY, ticket_id INTEGER NOT NULL REFERENCES tickets(id), author TEXT NOT NULL,
  sent_at TEXT NOT NULL, body TEXT NOT NULL);
"""

INDEXES = """
CREATE INDEX customers_by_email ON customers(email);
CREATE INDEX accounts_by_customer ON accounts(customer_id);
CREATE UNIQUE INDEX orders_by_reference ON orders(reference);
CREATE INDEX orders_by_customer ON orders(customer_id);
CREATE INDEX order_lines_by_product ON order_lines(product_id);
CREATE INDEX payments_by_order ON payments(order_id);
CREATE INDEX tickets_by_customer ON tickets(customer_id);
CREATE INDEX messages_by_ticket ON messages(ticket_id);
CREATE VIEW open_tickets AS
  SELECT t.id, t.subject, c.name FROM tickets t JOIN customers c ON c.id = t.customer_id WHERE t.status = 'open';
PRAGMA user_version = 1;
"""

TABLES = ["customers", "accounts", "products", "orders", "order_lines", "payments", "tickets", "messages"]

# What every transaction of the application keeps: a query that counts what breaks the rule.
RULES = {
    "every order's total is the sum of its lines": """
SELECT count(*) FROM (
  SELECT 1 FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id
  GROUP BY o.id HAVING o.total_cents IS NOT sum(l.quantity * l.price_cents))
""",
    "all account balances add up to nothing": """
SELECT sum(balance_cents) FROM accounts
""",
}
# Holds only while payments are kept in cents.
PAID_IN_FULL = ("every order is paid to the cent", """
SELECT count(*) FROM (
  SELECT 1 FROM orders o LEFT JOIN payments p ON p.order_id = o.id
  GROUP BY o.id HAVING o.total_cents IS NOT sum(p.amount_cents))
""")

METHODS = ["card", "transfer", "invoice", "voucher"]


def ascii_only(text):
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("ø", "o").replace("ł", "l"))
    return "".join(c for c in plain.lower() if "a" <= c <= "z" or c == ".")


class Generator:
    """Fills one empty database. `scale` 1.0 is about 200 MB."""

    def __init__(self, db, seed=20, scale=1.0, last_day=None):
        self.db, self.rng, self.scale = db, random.Random(seed), scale
        self.days = 700
        last_day = last_day or datetime.date.today()
        first = last_day - datetime.timedelta(days=self.days)
        self.dates = [str(first + datetime.timedelta(days=d)) for d in range(self.days)]

    def count(self, at_full_scale):
        return max(20, int(at_full_scale * self.scale))

    def moment(self, fraction):
        """A time of day on the day that lies at `fraction` of the shop's history."""
        second = self.rng.randrange(6 * 3600, 23 * 3600)
        day = self.dates[min(int(fraction * self.days), self.days - 1)]
        return f"{day} {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"

    def run(self):
        db = self.db
        db.executescript("PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                         "PRAGMA cache_size = -262144; BEGIN;" + SCHEMA)
        self.sentences = words.sentences(self.rng, 40000)
        self.customers()
        self.products()
        self.orders()
        self.helpdesk()
        db.executescript("BEGIN;" + INDEXES + "COMMIT; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")

    def customers(self):
        rng, rows = self.rng, []
        for id in range(1, self.count(40000) + 1):
            name = words.person(rng)
            email = f"{ascii_only(name.replace(' ', '.'))}{rng.randrange(1000)}@{rng.choice(words.DOMAINS)}"
            street = f"{rng.choice(words.STREETS)} Street {rng.randrange(1, 200)}"
            joined = self.dates[rng.randrange(self.days)]
            rows.append((id, name, email, street, rng.choice(words.CITIES), int(rng.random() < 0.15), joined))
        self.db.executemany("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self.balances = [0] * (len(rows) + 2)  # by account: customer n has account n + 1

    def products(self):
        rng, rows = self.rng, []
        for id in range(1, self.count(2000) + 1):
            rows.append((id, f"CK-{id:05}", *words.product(rng), rng.randrange(395, 24995), rng.randrange(10**6)))
        self.db.executemany("INSERT INTO products VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.prices = [0] + [row[4] for row in rows]

    def orders(self):
        rng, total_orders, customers = self.rng, self.count(300000), len(self.balances) - 2
        orders, lines, payments = [], [], []
        for id in range(1, total_orders + 1):
            when, customer, total = self.moment(id / total_orders), int(customers * rng.random() ** 1.5) + 1, 0
            for line in range(1, int(1 + 4 * rng.random() ** 2) + 1):
                product = int((len(self.prices) - 1) * rng.random() ** 2) + 1
                quantity = 1 + int(3 * rng.random() ** 3)
                lines.append((id, line, product, quantity, self.prices[product]))
                total += quantity * self.prices[product]
            note = rng.choice(self.sentences) if rng.random() < 0.3 else None
            orders.append((id, f"S-{id:07}", customer, when, "shipped", total, note))
            payments.append((id, id, rng.choice(METHODS), total, when))
            self.balances[customer + 1] -= total
            self.balances[1] += total
            if len(orders) == 10000 or id == total_orders:
                self.db.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?)", orders)
                self.db.executemany("INSERT INTO order_lines VALUES (?, ?, ?, ?, ?)", lines)
                self.db.executemany("INSERT INTO payments VALUES (?, ?, ?, ?, ?)", payments)
                orders, lines, payments = [], [], []
        self.db.executemany("INSERT INTO accounts VALUES (?, ?, ?)",
                            [(n, n - 1 if n > 1 else None, self.balances[n]) for n in range(1, customers + 2)])

    def helpdesk(self):
        rng, tickets, customers, id = self.rng, self.count(64000), len(self.balances) - 2, 0
        for ticket in range(1, tickets + 1):
            customer, fraction = rng.randrange(customers) + 1, ticket / tickets
            status = "open" if rng.random() < 0.04 else "closed"
            self.db.execute("INSERT INTO tickets VALUES (?, ?, ?, ?, ?)",
                            (ticket, customer, rng.choice(words.SUBJECTS), status, self.moment(fraction)))
            rows = []
            for turn in range(rng.randrange(1, 6)):
                id += 1
                author = "helpdesk" if turn % 2 else "customer"
                body = "\n".join(rng.choices(self.sentences, k=rng.randrange(3, 13)))
                rows.append((id, ticket, author, self.moment(fraction), body))
            self.db.executemany("INSERT INTO messages VALUES (?, ?, ?, ?, ?)", rows)


def generate(path, seed=20, scale=1.0, last_day=None):
    db = sqlite3.connect(path, isolation_level=None)
    try:
        Generator(db, seed, scale, last_day).run()
    finally:
        db.close()
    with open(path, "rb") as file:
        os.fsync(file.fileno())  # now, so that no commit of the story waits for it


if __name__ == "__main__":
    generate(sys.argv[1], scale=float(sys.argv[2]) if len(sys.argv) > 2 else 1.0)
