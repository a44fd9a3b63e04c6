-- Sequences in every state: last_value alone does not say what comes next.
CREATE SCHEMA sequences;
SET search_path = sequences;
CREATE SEQUENCE not_called;
CREATE SEQUENCE called;
SELECT nextval('called') \g /dev/null
CREATE SEQUENCE set_not_called;
SELECT setval('set_not_called', 500, false) \g /dev/null
CREATE SEQUENCE set_called;
SELECT setval('set_called', 9223372036854775807) \g /dev/null
CREATE SEQUENCE descending INCREMENT -3 MINVALUE -100 MAXVALUE 50 START 50;
SELECT nextval('descending'), nextval('descending') \g /dev/null
CREATE SEQUENCE round_and_round MINVALUE 1 MAXVALUE 3 CYCLE;
SELECT nextval('round_and_round') FROM generate_series(1, 5) \g /dev/null
CREATE SEQUENCE cached CACHE 50;
SELECT nextval('cached') \g /dev/null
CREATE SEQUENCE tiny AS smallint MAXVALUE 7 START 7;
CREATE SEQUENCE "Odd "".Name";
SELECT setval('"Odd "".Name"', 42) \g /dev/null
CREATE TABLE owner (id int, code text DEFAULT 'c' || nextval('cached'), shared int DEFAULT nextval('called'));
CREATE SEQUENCE owned OWNED BY owner.id;
SELECT nextval('owned') \g /dev/null
INSERT INTO owner (id) VALUES (1), (2);
\if :v15
CREATE UNLOGGED SEQUENCE unlogged;
SELECT nextval('unlogged') \g /dev/null
\endif
