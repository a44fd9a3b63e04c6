-- Keys of every kind, among them cycles: no order of the tables satisfies all of them.
CREATE SCHEMA keys;
SET search_path = keys;

CREATE TABLE node (id int PRIMARY KEY, parent int REFERENCES node ON DELETE CASCADE, twin int UNIQUE REFERENCES node (twin));
INSERT INTO node VALUES (1, 3, 7), (2, 1, 8), (3, 2, NULL), (4, 4, NULL);
CREATE TABLE chicken (id int PRIMARY KEY, egg int NOT NULL);
CREATE TABLE egg (id int PRIMARY KEY, chicken int NOT NULL REFERENCES chicken DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE chicken ADD CONSTRAINT laid FOREIGN KEY (egg) REFERENCES egg ON UPDATE SET NULL DEFERRABLE INITIALLY IMMEDIATE;
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO chicken SELECT i, i % 50 FROM generate_series(0, 49) AS i;
INSERT INTO egg SELECT i, i FROM generate_series(0, 49) AS i;
COMMIT;
CREATE TABLE pair (a int, b text COLLATE "C", c int, PRIMARY KEY (b, a), UNIQUE (a, c) DEFERRABLE);
CREATE TABLE of_pair (x int, y text, FOREIGN KEY (x, y) REFERENCES pair (a, b) MATCH FULL ON DELETE SET NULL);
INSERT INTO pair VALUES (1, 'one', 1), (2, 'two', NULL), (3, 'three', NULL);
INSERT INTO of_pair VALUES (1, 'one'), (NULL, NULL);
\if :v15
CREATE TABLE set_some (x int, y text, FOREIGN KEY (x, y) REFERENCES pair (a, b) ON DELETE SET NULL (x));
CREATE TABLE one_null (a int UNIQUE NULLS NOT DISTINCT);
INSERT INTO one_null VALUES (NULL), (1);
\endif
CREATE TABLE orphans (node int);
INSERT INTO orphans VALUES (1), (99);
ALTER TABLE orphans ADD CONSTRAINT to_nothing FOREIGN KEY (node) REFERENCES node NOT VALID;
CREATE TABLE key_of_index (a int NOT NULL, b int);
CREATE UNIQUE INDEX becomes_key ON key_of_index (a) INCLUDE (b) WITH (fillfactor = 60);
ALTER TABLE key_of_index ADD CONSTRAINT became_key PRIMARY KEY USING INDEX becomes_key;
CLUSTER key_of_index USING became_key;

CREATE TABLE booked (room int4range, during tsrange, cancelled boolean,
  EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (NOT cancelled),
  EXCLUDE USING gist (during WITH -|-) DEFERRABLE INITIALLY DEFERRED);
INSERT INTO booked VALUES ('[1,2)', '[2020-01-01,2020-01-02)', false), ('[1,2)', '[2020-01-01,2020-01-05)', true);
