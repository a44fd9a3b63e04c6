-- What belongs to the database itself. The settings are such that whoever relies on a session's defaults goes wrong.
SELECT current_database() AS this \gset
COMMENT ON DATABASE :"this" IS E'the zoo''s\nown comment';
ALTER DATABASE :"this" CONNECTION LIMIT 77;
ALTER DATABASE :"this" SET DateStyle = 'German, DMY';
ALTER DATABASE :"this" SET IntervalStyle = 'sql_standard';
ALTER DATABASE :"this" SET TimeZone = 'America/St_Johns';
ALTER DATABASE :"this" SET bytea_output = 'escape';
ALTER DATABASE :"this" SET extra_float_digits = -2;
ALTER DATABASE :"this" SET search_path = "$user", types, "double ""quotes""", public;
ALTER DATABASE :"this" SET zoo.custom = E'it''s \\ custom';
ALTER ROLE zoo_reader IN DATABASE :"this" SET work_mem = '5MB';
ALTER ROLE zoo_reader IN DATABASE :"this" SET search_path = granted, "with.dot";
GRANT CONNECT, TEMPORARY ON DATABASE :"this" TO zoo_reader WITH GRANT OPTION;
GRANT CREATE ON DATABASE :"this" TO zoo_writer;
REVOKE ALL ON DATABASE :"this" FROM PUBLIC;
ALTER DATABASE :"this" OWNER TO zoo_owner;
