-- Owners and grants on everything that can have them, and default privileges. Roles are the server's: see zoo.prepare.
CREATE SCHEMA granted AUTHORIZATION zoo_owner;
SET search_path = granted;
GRANT ALL ON SCHEMA granted TO zoo_writer WITH GRANT OPTION;
GRANT USAGE ON SCHEMA granted, types, code, triggers TO PUBLIC;
GRANT SELECT ON triggers.secret TO zoo_reader;
SET ROLE zoo_owner;
CREATE TABLE ledger (id int PRIMARY KEY, amount int, secret text);
INSERT INTO ledger VALUES (1, 100, 's');
CREATE SEQUENCE numbers;
CREATE FUNCTION compute() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE perform() LANGUAGE sql AS 'SELECT 1';
CREATE TYPE kind AS ENUM ('k');
CREATE DOMAIN short AS varchar(3);
CREATE VIEW of_ledger AS SELECT id FROM ledger;
GRANT SELECT, INSERT ON ledger TO zoo_writer WITH GRANT OPTION;
GRANT SELECT (id, amount), UPDATE (amount) ON ledger TO zoo_reader, "Zoo ""Quoted"" Rôle";
REVOKE TRUNCATE, REFERENCES ON ledger FROM zoo_owner;
GRANT USAGE ON SEQUENCE numbers TO zoo_writer;
REVOKE EXECUTE ON FUNCTION compute() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION compute() TO zoo_reader;
REVOKE EXECUTE ON PROCEDURE perform() FROM PUBLIC;
REVOKE USAGE ON TYPE kind FROM PUBLIC;
GRANT USAGE ON TYPE kind TO zoo_writer;
REVOKE USAGE ON DOMAIN short FROM PUBLIC, zoo_owner;
GRANT SELECT ON of_ledger TO PUBLIC;
SET ROLE zoo_writer;
GRANT SELECT ON ledger TO zoo_reader;            -- passed on by one who may
RESET ROLE;
\if :v17
GRANT MAINTAIN ON ledger TO zoo_reader;
\endif
GRANT USAGE ON LANGUAGE zoo_language TO zoo_owner;
GRANT USAGE ON FOREIGN DATA WRAPPER wrapper TO zoo_owner WITH GRANT OPTION;
GRANT USAGE ON FOREIGN SERVER remote TO zoo_owner, zoo_reader;
REVOKE ALL ON LANGUAGE sql FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_waldir() TO zoo_reader;        -- a grant on an object of the system
GRANT SELECT (oid) ON pg_catalog.pg_authid TO zoo_reader;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO zoo_writer;
COMMENT ON SCHEMA public IS 'not the standard one';
ALTER TABLE tables.parent OWNER TO zoo_owner;
ALTER TYPE types.mood OWNER TO zoo_owner;
ALTER VIEW views.plain OWNER TO zoo_owner;
ALTER SEQUENCE sequences.not_called OWNER TO zoo_owner;

ALTER DEFAULT PRIVILEGES FOR ROLE zoo_owner IN SCHEMA granted GRANT SELECT ON TABLES TO zoo_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE zoo_owner IN SCHEMA granted GRANT ALL ON SEQUENCES TO zoo_writer WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE zoo_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE zoo_writer REVOKE USAGE ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE zoo_writer GRANT CREATE ON SCHEMAS TO zoo_reader;
