-- A database that is not UTF-8: this file is, and the server turns it into its own encoding.
\set ON_ERROR_STOP 1
\encoding UTF8
CREATE SCHEMA "Grüße";
CREATE TYPE "Grüße"."größe" AS ENUM ('früh', 'spät');
CREATE TABLE "Grüße"."Ärger" ("schlüssel" int PRIMARY KEY, v text DEFAULT 'ÿ', "größe" "Grüße"."größe");
INSERT INTO "Grüße"."Ärger" VALUES (1, 'àéîõü ÀÉÎÕÜ', 'früh'), (2, ' ÿ×', 'spät'), (3, E'tab\té\n\\', NULL), (4, NULL, NULL);
CREATE INDEX "ß" ON "Grüße"."Ärger" (v) WHERE v <> 'é';
CREATE FUNCTION "Grüße"."naïf"() RETURNS text LANGUAGE sql AS $$ SELECT 'é' $$;
COMMENT ON TABLE "Grüße"."Ärger" IS 'ça va';
SELECT lo_from_bytea(4300001, '\xe9') \g /dev/null
