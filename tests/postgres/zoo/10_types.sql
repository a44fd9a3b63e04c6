-- Types of every kind, and a table that holds a value of each, and arrays of them.
CREATE SCHEMA types;
SET search_path = types;

CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s "fine"', E'back\\slash', E'new\nline', 'comma,{brace}', 'NULL', ' ');
ALTER TYPE mood ADD VALUE 'meh' BEFORE 'ok';      -- its sort order is a fraction

CREATE DOMAIN positive AS integer NOT NULL DEFAULT 1 CONSTRAINT above CHECK (VALUE > 0);
CREATE DOMAIN small AS positive CONSTRAINT below CHECK (VALUE < 1000);
CREATE DOMAIN email AS text COLLATE "C" CHECK (VALUE ~ '^[^@]+@[^@]+$');
CREATE DOMAIN grown AS text;
CREATE TABLE grown_values (v grown);
INSERT INTO grown_values VALUES ('too short'), ('long enough by now');
ALTER DOMAIN grown ADD CONSTRAINT late CHECK (length(VALUE) > 10) NOT VALID;     -- one row breaks it

CREATE TYPE point3 AS (x double precision, y double precision, "z-axis" text COLLATE "C");
CREATE TYPE nested AS (name text, place point3, moods mood[]);
CREATE TYPE shrunk AS (a int, b int, c int);
ALTER TYPE shrunk DROP ATTRIBUTE b;
CREATE TYPE span AS RANGE (subtype = double precision, subtype_diff = float8mi);
\if :v14
CREATE TYPE ticks AS RANGE (subtype = bigint, multirange_type_name = many_ticks);
CREATE TABLE multiranges (v many_ticks, w int4multirange[]);
INSERT INTO multiranges VALUES ('{[1,3), [7,9)}', ARRAY['{}', '{[1,2),(5,)}']::int4multirange[]), (NULL, '{}');
\endif

CREATE TYPE never_defined;

-- A base type of our own. It has no binary functions: COPY in binary fails on it.
CREATE TYPE kilo;
CREATE FUNCTION kilo_in(cstring) RETURNS kilo LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION kilo_out(kilo) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE kilo (INPUT = kilo_in, OUTPUT = kilo_out, INTERNALLENGTH = 4, PASSEDBYVALUE, ALIGNMENT = int4);

CREATE TABLE of_all (
  id int PRIMARY KEY, feeling mood, feelings mood[], amount small, mail email, mails email[], place point3, places point3[],
  deep nested, cut shrunk, s span, r int4range, t tstzrange, weight kilo, weights kilo[], sure boolean, bits bit(5),
  more_bits bit varying, money_ money, c "char", padded char(7), n name, o oid, cls regclass, u uuid, m macaddr, i inet,
  net cidr, x xml, js json, jb jsonb, jp jsonpath, tsv tsvector, tsq tsquery, p point, b box, pg polygon, ci circle,
  l pg_lsn, iv interval, matrix int[][], from_zero int[]);
INSERT INTO of_all VALUES
  (1, 'it''s "fine"', ARRAY['meh', NULL, E'new\nline', 'NULL', 'comma,{brace}', ' ']::mood[], 7, 'a@b', '{a@b,NULL}',
   '(1,NaN,"q""uote, and (brace)")', ARRAY[ROW(1, 2, NULL), ROW(NULL, NULL, ''), NULL]::point3[],
   ROW(E'tab\tand\nline', ROW('-Infinity', 0.1, '\'), '{ok}'), '(1,2)', '[0.1,)', 'empty', '(,2020-01-01 00:00:00+00]', '42',
   '{1,NULL}', true, B'10101', B'', '-1234.56', 'x', 'pad', 'a name', 4294967295, 'pg_class',
   'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '08:00:2b:01:02:03', '::1/64', '10.0.0.0/8', '<a b="c">d &amp; e</a>',
   '{"a" :  1, "a": "\u0001\n"}', '{"b": null, "a": [1e400, "\\"]}', '$.a[*] ? (@ > 1)', '''it''''s'':1A b:2', 'a & !(b | c)',
   '(1,-0)', '((0,0),(1,1))', '((0,0),(1,1),(2,0))', '<(0,0),1.5>', '16/B374D848', '-1 years +2 days -00:00:01.5',
   '{{1,2},{3,NULL}}', '[0:2]={1,2,3}'),
  (2, NULL, '{}', 999, NULL, NULL, NULL, '{}', NULL, NULL, 'empty', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '',
   NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
   NULL);
