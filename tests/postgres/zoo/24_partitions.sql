-- Partitions of every kind, below each other, attached with columns in another order, and foreign.
CREATE SCHEMA parts;
SET search_path = parts;

CREATE TABLE by_range (id int, day date NOT NULL, v text DEFAULT 'v', PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE by_range_old PARTITION OF by_range FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE by_range_2020 PARTITION OF by_range (v DEFAULT 'own default', CHECK (id > 0))
  FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY HASH (id);
CREATE TABLE by_range_2020_even PARTITION OF by_range_2020 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_range_2020_odd PARTITION OF by_range_2020 FOR VALUES WITH (MODULUS 2, REMAINDER 1) TABLESPACE zoo_space;
CREATE TABLE by_range_other (gone int, v text, day date NOT NULL, id int NOT NULL);
ALTER TABLE by_range_other DROP gone;
ALTER TABLE by_range ATTACH PARTITION by_range_other DEFAULT;
INSERT INTO by_range SELECT i, date '2019-06-01' + i * 3, 'row ' || i FROM generate_series(1, 400) AS i;
CREATE INDEX by_range_v ON by_range (v);
CREATE INDEX by_range_half ON ONLY by_range (day, v);      -- stays invalid until every partition has its part
CREATE INDEX by_range_old_half ON by_range_old (day, v);
ALTER INDEX by_range_half ATTACH PARTITION by_range_old_half;
CREATE TABLE to_parts (id int, day date, FOREIGN KEY (id, day) REFERENCES by_range);
INSERT INTO to_parts SELECT id, day FROM by_range LIMIT 20;

CREATE TABLE by_list (kind text, n int) PARTITION BY LIST (lower(kind));
CREATE TABLE by_list_a PARTITION OF by_list FOR VALUES IN ('a', NULL);
CREATE TABLE "by list b" PARTITION OF by_list FOR VALUES IN ('b', E'it''s\n"b"');
INSERT INTO by_list VALUES ('A', 1), (NULL, 2), ('b', 3), (E'IT''S\n"B"', 4);
CREATE TABLE by_hash (id int, v text) PARTITION BY HASH (id, v);
SELECT format('CREATE TABLE by_hash_%s PARTITION OF by_hash FOR VALUES WITH (MODULUS 4, REMAINDER %s)', i, i)
FROM generate_series(0, 3) AS i \gexec
INSERT INTO by_hash SELECT i, 'v' || i FROM generate_series(1, 1000) AS i;
CREATE TABLE by_two (a int, b int) PARTITION BY RANGE (a, b);
CREATE TABLE by_two_low PARTITION OF by_two FOR VALUES FROM (MINVALUE, MINVALUE) TO (10, 5);
CREATE TABLE no_parts (a int) PARTITION BY LIST (a);
\if :v17
CREATE TABLE with_identity (id int GENERATED ALWAYS AS IDENTITY, a int) PARTITION BY LIST (a);
CREATE TABLE with_identity_1 PARTITION OF with_identity FOR VALUES IN (1);
INSERT INTO with_identity (a) VALUES (1), (1);
\endif

-- Nobody can read this root: one of its partitions has no handler.
CREATE FOREIGN DATA WRAPPER nothing_behind;
CREATE SERVER nowhere TYPE 'none' VERSION '0' FOREIGN DATA WRAPPER nothing_behind;
CREATE TABLE partly_foreign (a int, b text) PARTITION BY LIST (a);
CREATE TABLE partly_foreign_here PARTITION OF partly_foreign FOR VALUES IN (1);
CREATE FOREIGN TABLE partly_foreign_there PARTITION OF partly_foreign FOR VALUES IN (2) SERVER nowhere OPTIONS (at 'the end');
INSERT INTO partly_foreign VALUES (1, 'here');
