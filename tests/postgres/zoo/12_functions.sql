-- Functions, procedures, aggregates, operators, operator classes, casts, languages, and access methods.
CREATE SCHEMA code;
SET search_path = code, types;

CREATE FUNCTION add(a int, b int DEFAULT 1, VARIADIC rest int[] DEFAULT '{}') RETURNS bigint
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 7 AS 'SELECT a + b + coalesce((SELECT sum(r) FROM unnest(rest) r), 0)';
CREATE FUNCTION add(a text) RETURNS text LANGUAGE sql AS $body$ SELECT a || '$$ ; -- it''s ' $body$;
CREATE FUNCTION many(OUT n int, OUT square int) RETURNS SETOF record LANGUAGE plpgsql STABLE ROWS 3 AS $$
BEGIN
  RETURN QUERY SELECT i, i * i FROM generate_series(1, 3) AS i;   -- '; $x$ not the end
END $$;
CREATE FUNCTION who() RETURNS name LANGUAGE sql SECURITY DEFINER LEAKPROOF
  SET search_path = code, pg_temp SET work_mem = '1MB' AS 'SELECT current_user';
ALTER FUNCTION who() OWNER TO zoo_owner;
CREATE FUNCTION broken() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT x FROM table_that_is_not_there); END $$;
CREATE PROCEDURE note(INOUT what text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN what := what || '!'; END $$;
\if :v14
-- These bodies are kept as trees, not as text: they depend on what they name.
CREATE TABLE counted (id int PRIMARY KEY, n int);
CREATE FUNCTION standard(wanted int) RETURNS int LANGUAGE sql BEGIN ATOMIC
  SELECT n FROM counted WHERE id = wanted; END;
CREATE FUNCTION standard_return(a int) RETURNS int LANGUAGE sql IMMUTABLE RETURN a + 1;
CREATE PROCEDURE standard_note(a int) LANGUAGE sql BEGIN ATOMIC
  INSERT INTO counted VALUES (a, 0) ON CONFLICT (id) DO UPDATE SET n = counted.n + 1; SELECT 1; END;
CALL standard_note(1);
CALL standard_note(1);
\endif

CREATE AGGREGATE product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1', PARALLEL = safe, COMBINEFUNC = numeric_mul);
CREATE AGGREGATE middle(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
  FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);

CREATE FUNCTION kilo_less(kilo, kilo) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE FUNCTION kilo_at_most(kilo, kilo) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4le';
CREATE FUNCTION kilo_same(kilo, kilo) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4eq';
CREATE FUNCTION kilo_at_least(kilo, kilo) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4ge';
CREATE FUNCTION kilo_more(kilo, kilo) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4gt';
CREATE FUNCTION kilo_compare(kilo, kilo) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE OPERATOR < (FUNCTION = kilo_less, LEFTARG = kilo, RIGHTARG = kilo, COMMUTATOR = >, NEGATOR = >=, RESTRICT = scalarltsel);
CREATE OPERATOR <= (FUNCTION = kilo_at_most, LEFTARG = kilo, RIGHTARG = kilo, COMMUTATOR = >=, NEGATOR = >);
CREATE OPERATOR = (FUNCTION = kilo_same, LEFTARG = kilo, RIGHTARG = kilo, COMMUTATOR = =, MERGES, RESTRICT = eqsel);
CREATE OPERATOR >= (FUNCTION = kilo_at_least, LEFTARG = kilo, RIGHTARG = kilo, COMMUTATOR = <=, NEGATOR = <);
CREATE OPERATOR > (FUNCTION = kilo_more, LEFTARG = kilo, RIGHTARG = kilo, COMMUTATOR = <, NEGATOR = <=);
CREATE OPERATOR FAMILY kilo_family USING btree;
CREATE OPERATOR CLASS kilo_class DEFAULT FOR TYPE kilo USING btree FAMILY kilo_family AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 kilo_compare(kilo, kilo);
CREATE FUNCTION absolute(int) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'int4abs';
CREATE OPERATOR !!! (FUNCTION = absolute, RIGHTARG = int);

CREATE CAST (kilo AS integer) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (kilo AS text) WITH INOUT;
CREATE FUNCTION to_kilo(boolean) RETURNS kilo LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT CASE WHEN $1 THEN '1' ELSE '0' END::kilo $$;
CREATE CAST (boolean AS kilo) WITH FUNCTION to_kilo(boolean);

CREATE FUNCTION handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION inline_handler(internal) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION validator(oid) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE zoo_language HANDLER handler INLINE inline_handler VALIDATOR validator;
CREATE FUNCTION foreign_tongue() RETURNS int LANGUAGE zoo_language AS 'BEGIN RETURN 1; END';
CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal));
CREATE CONVERSION zoo_conversion FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE ACCESS METHOD heap_two TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD hash_two TYPE INDEX HANDLER hashhandler;
CREATE OPERATOR CLASS int_two DEFAULT FOR TYPE int USING hash_two AS
  OPERATOR 1 =, FUNCTION 1 hashint4(int), FUNCTION 2 hashint4extended(int, bigint);
