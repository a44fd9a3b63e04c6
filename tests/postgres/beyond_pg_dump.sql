-- What pg_dump writes down, but pg_restore does not bring back as it was.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
CREATE TABLE parent (id int, name text DEFAULT 'p');
-- Its columns come back in another order: those of the parent first.
CREATE TABLE adopted (own text, name text, id int);
ALTER TABLE adopted INHERIT parent;
INSERT INTO adopted VALUES ('own', 'name', 1);
-- Its handlers are pg_catalog's, and so pg_dump takes it for an extension's language: creating it fails.
CREATE TRUSTED LANGUAGE of_the_system HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
