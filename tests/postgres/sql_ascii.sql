-- A database without an encoding: its texts are bytes, of this encoding here and of that one there.
\set ON_ERROR_STOP 1
SET client_encoding = SQL_ASCII;
CREATE TABLE bytes_as_text (id int PRIMARY KEY, v text);
INSERT INTO bytes_as_text VALUES (1, E'latin1 \xe9'), (2, 'utf-8 é'), (3, E'neither \xff\xfe\x80'), (4, E'cut \xf0\x9f');
CREATE TABLE "é" ("ü" int);
COMMENT ON TABLE "é" IS E'\xe9';
