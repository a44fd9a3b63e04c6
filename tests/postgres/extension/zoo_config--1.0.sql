-- CREATE EXTENSION brings the built-in rows back; the user's rows have to come from the snapshot, and only those.
CREATE TABLE settings (name text PRIMARY KEY, value text, built_in boolean NOT NULL DEFAULT false);
INSERT INTO settings VALUES ('colour', 'grey', true), ('legs', '4', true);
SELECT pg_catalog.pg_extension_config_dump('settings', 'WHERE NOT built_in');
CREATE SEQUENCE numbers;
SELECT pg_catalog.pg_extension_config_dump('numbers', '');
CREATE TABLE jobs (id int PRIMARY KEY DEFAULT nextval('numbers'), what text);
SELECT pg_catalog.pg_extension_config_dump('jobs', '');
CREATE TABLE notes_about_jobs (job int REFERENCES jobs, note text);
SELECT pg_catalog.pg_extension_config_dump('notes_about_jobs', '');
CREATE TABLE scratch (v text);       -- not the user's: pg_dump leaves its rows out
