-- Extensions, where contrib is installed, and foreign data. What an extension made must not be captured as the user's.
CREATE SCHEMA extensions;
SET search_path = extensions;
\if :has_hstore
CREATE EXTENSION hstore SCHEMA extensions;
CREATE TABLE pairs (id int PRIMARY KEY, h hstore, hs hstore[]);
INSERT INTO pairs VALUES (1, '"a\"b"=>"c,d", "n"=>NULL, ""=>"", "\\"=>"=>"', ARRAY['a=>1'::hstore, NULL]), (2, '', '{}');
CREATE INDEX pairs_h ON pairs USING gin (h);
CREATE TABLE added_to_extension (id int, note text);      -- a member that CREATE EXTENSION does not make: pg_dump leaves it out
INSERT INTO added_to_extension VALUES (1, 'left out');
ALTER EXTENSION hstore ADD TABLE added_to_extension;
\endif
\if :has_pg_trgm
CREATE EXTENSION pg_trgm;
CREATE TABLE similar_words (w text);
INSERT INTO similar_words SELECT 'word ' || i FROM generate_series(1, 200) AS i;
CREATE INDEX similar_words_w ON similar_words USING gin (w gin_trgm_ops);
\endif
\if :has_btree_gist
CREATE EXTENSION btree_gist;
CREATE TABLE no_overlap (room int, during int4range, EXCLUDE USING gist (room WITH =, during WITH &&));
INSERT INTO no_overlap VALUES (1, '[1,5)'), (2, '[1,5)');
\endif
\if :has_zoo_config
CREATE EXTENSION zoo_config SCHEMA extensions;
INSERT INTO settings VALUES ('legs of the ostrich', '2');
INSERT INTO jobs (what) VALUES ('feed'), (E'clean\\n');
INSERT INTO notes_about_jobs VALUES (2, 'later');
INSERT INTO scratch VALUES ('left out');
\endif

CREATE FOREIGN DATA WRAPPER wrapper OPTIONS (debug 'it''s "on"');
CREATE SERVER remote TYPE 'oracle' VERSION '1.0' FOREIGN DATA WRAPPER wrapper OPTIONS (host 'nowhere.example', dbname 'a b');
CREATE USER MAPPING FOR zoo_owner SERVER remote OPTIONS (user 'remote user', password 'zoo-mapping-secret');
CREATE USER MAPPING FOR PUBLIC SERVER remote;
CREATE FOREIGN TABLE remote_table (id int OPTIONS (column_name 'ID') NOT NULL, v text DEFAULT 'x', CHECK (id > 0)) SERVER remote
  OPTIONS (schema_name 's', table_name 't"x');
\if :has_postgres_fdw
CREATE EXTENSION postgres_fdw;
CREATE SERVER loop FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '/nowhere', dbname 'zoo');
CREATE USER MAPPING FOR CURRENT_USER SERVER loop OPTIONS (user 'zoo_reader', password 'zoo-loop-secret');
CREATE FOREIGN TABLE loop_table (id int, v text) SERVER loop OPTIONS (table_name 'unreachable');
\endif
