-- Indexes and statistics of every kind, and collations and text search, which they depend on.
CREATE SCHEMA indexes;
SET search_path = indexes, code, types;

CREATE COLLATION c_again FROM "C";
\if :has_icu
CREATE COLLATION no_case (PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false);
CREATE COLLATION german_phonebook (PROVIDER = icu, LOCALE = 'de-u-co-phonebk');
CREATE TABLE collated (a text COLLATE no_case PRIMARY KEY, b text COLLATE german_phonebook);
INSERT INTO collated VALUES ('Straße', 'Ärger'), ('b', 'Zebra');
CREATE INDEX collated_b ON collated (b COLLATE c_again, b);
\endif

CREATE TEXT SEARCH PARSER zoo_parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE zoo_template (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY zoo_dictionary (TEMPLATE = zoo_template, STOPWORDS = 'english', ACCEPT = 'false');
CREATE TEXT SEARCH CONFIGURATION zoo_search (PARSER = zoo_parser);
ALTER TEXT SEARCH CONFIGURATION zoo_search ADD MAPPING FOR asciiword, word WITH zoo_dictionary, simple;
ALTER TEXT SEARCH CONFIGURATION zoo_search ADD MAPPING FOR int WITH simple;

CREATE TABLE indexed (id int, body text, tags text[], data jsonb, place point, at timestamptz, weight kilo, spare int);
INSERT INTO indexed SELECT i, 'the quick ' || i, ARRAY['t' || i % 7, 'odd'], jsonb_build_object('n', i), point(i, -i),
  '2020-01-01'::timestamptz + i * interval '1 hour', i::text::kilo, i FROM generate_series(1, 3000) AS i;
CREATE UNIQUE INDEX covering ON indexed (id) INCLUDE (body, at);
CREATE INDEX expression ON indexed (lower(body), (id * 2) DESC NULLS LAST, (data ->> 'n') COLLATE "C" text_pattern_ops);
ALTER INDEX expression ALTER COLUMN 2 SET STATISTICS 500;
CREATE INDEX partial ON indexed (at) WHERE id > 10 AND body IS NOT NULL;
CREATE INDEX gin_tags ON indexed USING gin (tags) WITH (fastupdate = off, gin_pending_list_limit = 128);
CREATE INDEX gin_json ON indexed USING gin (data jsonb_path_ops);
CREATE INDEX gin_words ON indexed USING gin (to_tsvector('indexes.zoo_search', body));
CREATE INDEX gist_place ON indexed USING gist (place) WITH (buffering = on);
\if :v13
CREATE INDEX gist_words ON indexed USING gist (to_tsvector('simple', body) tsvector_ops (siglen = 100));
\endif
CREATE INDEX spgist_place ON indexed USING spgist (place);
CREATE INDEX brin_at ON indexed USING brin (at) WITH (pages_per_range = 4, autosummarize = on);
CREATE INDEX hash_body ON indexed USING hash (body);
CREATE INDEX of_our_class ON indexed (weight kilo_class);
CREATE INDEX of_our_method ON indexed USING hash_two (spare) TABLESPACE zoo_space;
CLUSTER indexed USING covering;

CREATE STATISTICS stat_all ON id, body, at FROM indexed;
CREATE STATISTICS stat_some (ndistinct, dependencies) ON id, spare FROM indexed;
\if :v13
ALTER STATISTICS stat_some SET STATISTICS 250;
\endif
\if :v14
CREATE STATISTICS stat_expression ON (id % 7), lower(body) FROM indexed;
CREATE STATISTICS stat_one_expression ON (id % 11) FROM indexed;
\endif
ANALYZE indexed;

CREATE TABLE duplicates (a int);                 -- zoo.py fails to make a unique index on it, concurrently
INSERT INTO duplicates VALUES (1), (1);
