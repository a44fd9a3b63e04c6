-- Names: each is a schema, and in it a table, its columns, key, index and sequence, a view, a type, and a function.
CREATE SCHEMA names;
SET search_path = names;
CREATE TABLE list (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
INSERT INTO list (name) VALUES ('double "quotes"'), ('single ''quotes'''), (E'new\nline'), (E'tab\tand\rreturn'), ('back\slash'),
  ('with.dot'), ('select'), ('table'), ('UPPER'), ('MixedCase'), ('Ünïcödé 日本語 🦓'), ('1leading'), ('-- comment'), ('/* c */'),
  ('semi;colon'), ('$dollar$'), ('%s%d%n'), (':variable'), (' '), ('{}'), ('*'), ('a|b?'), ('(x)'), ('../../etc/passwd'), ('\.'),
  (E'\\connect evil\n\\! true'), ('~/x'), (repeat('x', 63)), (repeat('é', 31) || 'e'), ('null'), ('0'), (U&'\202Eright to left');
DO $do$
DECLARE
  n text;
  other text;
BEGIN
  FOR n IN SELECT name FROM list ORDER BY id LOOP
    other := left('2' || n, 20) || ' "2"';
    EXECUTE format('CREATE SCHEMA %I', n);
    EXECUTE format('SET LOCAL search_path = %I', n);
    EXECUTE format('CREATE TABLE %I (%I int CONSTRAINT %I PRIMARY KEY, %I text, serial serial)', n, n, other, other);
    EXECUTE format('CREATE INDEX %I ON %I (%I) WHERE %I <> %L', other || 'i', n, other, other, n);
    EXECUTE format('INSERT INTO %I VALUES (1, %L)', n, n);
    EXECUTE format('CREATE VIEW %I AS SELECT %I AS %I FROM %I', other || 'v', n, other, n);
    EXECUTE format('CREATE TYPE %I AS ENUM (%L)', other || 't', n);
    EXECUTE format('CREATE FUNCTION %I(%I int DEFAULT 1) RETURNS text LANGUAGE sql AS %L', n, n, 'SELECT ' || quote_literal(n));
    EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', n, other, n);
    EXECUTE format('GRANT SELECT (%I) ON %I TO %I', n, n, 'Zoo "Quoted" Rôle');
  END LOOP;
END $do$;
