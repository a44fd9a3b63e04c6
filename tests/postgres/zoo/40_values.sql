-- Values that are hard to write down: in COPY's text format, and for whoever turns text into a value and back.
CREATE SCHEMA "values";
SET search_path = "values";

CREATE TABLE texts (id int PRIMARY KEY, v text);
INSERT INTO texts VALUES (1, NULL), (2, ''), (3, '\N'), (4, '\.'), (5, E'\\'), (6, E'\\\\'), (7, E'tab\there'), (8, E'line\nhere'),
  (9, E'cr\rhere'), (10, E'\r\n'), (11, E'\b\f\v\x01\x1f\x7f'), (12, '\n'), (13, E'ends in a backslash\\'), (14, '"csv", ''quotes'''),
  (15, 'NULL'), (16, 'null'), (17, ' '), (18, E'\u00a0\u2028\ufeff'), (19, '🦓 日本語 e' || U&'\0301'), (20, repeat(E'\\N\t', 3000)),
  (21, repeat(E'\n', 10000)), (22, '-- not a comment'), (23, '$$'), (24, E'\\.\n\\.'), (25, U&'\+10FFFF'), (26, E'\\x00'), (27, '{}');
CREATE TABLE one_column (v text);
INSERT INTO one_column VALUES (NULL), (''), ('\.'), ('\N');
CREATE TABLE nulls (a text, b int, c bytea);
INSERT INTO nulls SELECT FROM generate_series(1, 3);
CREATE TABLE floats (id int PRIMARY KEY, d double precision, r real);
INSERT INTO floats VALUES (1, 'NaN', 'NaN'), (2, 'Infinity', '-Infinity'), (3, '-0', '-0'), (4, 0.1, 0.1), (5, 5e-324, 1e-45),
  (6, 1.7976931348623157e308, 3.4028235e38), (7, 0.1::float8 + 0.2, 1.0 / 3), (8, 9007199254740993, 16777217);
CREATE TABLE numerics (id int PRIMARY KEY, n numeric, few numeric(5, 2), whole numeric(1000, 0));
INSERT INTO numerics VALUES (1, 'NaN', 'NaN', NULL), (2, repeat('9', 1000)::numeric, 0.10, repeat('7', 1000)::numeric),
  (3, ('0.' || repeat('123', 333))::numeric, -999.99, 0), (4, 1.000, 1, NULL), (5, 1e-16383, NULL, NULL), (6, -1e131071, NULL, NULL);
\if :v14
INSERT INTO numerics VALUES (7, 'Infinity', NULL, NULL), (8, '-Infinity', NULL, NULL);
\endif
CREATE TABLE integers (s smallint, i int, b bigint);
INSERT INTO integers VALUES (-32768, -2147483648, -9223372036854775808), (32767, 2147483647, 9223372036854775807), (0, 0, 0);
CREATE TABLE times (id int PRIMARY KEY, d date, t time, tz timetz, ts timestamp, tsz timestamptz, i interval);
INSERT INTO times VALUES
  (1, 'infinity', '24:00', '24:00+15:59', 'infinity', 'infinity', '178000000 years'),
  (2, '-infinity', '00:00', '00:00-15:59', '-infinity', '-infinity', '-178000000 years'),
  (3, '4713-01-01 BC', '12:34:56.789012', '12:34:56.789012+05:30', '4713-01-01 00:00 BC', '4713-01-02 00:00+00 BC', '-1 day +1 second'),
  (4, '5874897-12-31', '23:59:59.999999', '01:02:03-00:44:30', '294276-12-31 23:59:59.999999', '294276-12-31 23:59+00', '1 mon -31 days'),
  (5, '0001-12-31 BC', '00:00:00.000001', '00:00+00', '0001-01-01', '1883-11-18 12:00:00+00', '0'),
  (6, '2020-02-03', '01:02', '01:02+00', '2020-10-25 02:30', '2020-10-25 01:30:00.5+00', 'P1Y2M3DT4H5M6.7S');
CREATE TABLE bytes (id int PRIMARY KEY, v bytea);
INSERT INTO bytes SELECT 1, decode(string_agg(lpad(to_hex(i), 2, '0'), '' ORDER BY i), 'hex') FROM generate_series(0, 255) AS i;
INSERT INTO bytes VALUES (2, ''), (3, NULL), (4, '\x'), (5, '\x00'), (6, 'a\\b\000'), (7, '\x5c4e');
CREATE TABLE jsons (id int PRIMARY KEY, j json, b jsonb);
INSERT INTO jsons VALUES (1, E'{"a" : "\\u0000\\u0007\\n", "a":2,\n "z":\t1.0e2}', '{"b": "\u0007\n\\\"", "a": 1.00}'), (2, 'null', 'null'),
  (3, '""', '"\ud83e\udd93"'), (4, NULL, '[]'), (5, '[1,2 ]', '123456789012345678901234567890.10');
CREATE TABLE arrays (id int PRIMARY KEY, t text[], n int[], f float8[], b bytea[], j jsonb[]);
INSERT INTO arrays VALUES (1, ARRAY['a"b', 'c\d', 'e,f', '{g}', 'NULL', NULL, '', ' ', E'\t\n'], '{}', '{NaN,-Infinity}', ARRAY['\x00'::bytea, NULL], '{}'),
  (2, '{{a,b},{c,d}}', '[2:3][-1:0]={{1,2},{3,4}}', NULL, '{}', ARRAY['{"a": "\""}'::jsonb]), (3, '{}', NULL, '{}', NULL, NULL);
CREATE TABLE wide_row (id int PRIMARY KEY, v text, w bytea);
INSERT INTO wide_row VALUES (1, repeat('wide ', 2000000), NULL), (2, 'narrow', decode(repeat('00ff5c0a', 500000), 'hex'));
CREATE TABLE large_value (id int PRIMARY KEY, v text, b bytea);       -- zoo.add_large_value fills it
