-- What this server can do: the files after this one ask \if :v14, or \if :has_hstore.
\set ON_ERROR_STOP 1
\encoding UTF8
SET client_min_messages = error;
SET standard_conforming_strings = on;
SELECT v >= 130000 AS v13, v >= 140000 AS v14, v >= 150000 AS v15, v >= 160000 AS v16, v >= 170000 AS v17, v >= 180000 AS v18
FROM (SELECT current_setting('server_version_num')::int AS v) AS server \gset
SELECT 'hstore' = ANY (names) AS has_hstore, 'postgres_fdw' = ANY (names) AS has_postgres_fdw,
       'pg_trgm' = ANY (names) AS has_pg_trgm, 'btree_gist' = ANY (names) AS has_btree_gist,
       'zoo_config' = ANY (names) AS has_zoo_config
FROM (SELECT array_agg(name) AS names FROM pg_available_extensions) AS available \gset
SELECT count(*) > 0 AS has_icu FROM pg_collation WHERE collprovider = 'i' \gset
