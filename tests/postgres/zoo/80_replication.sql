-- Publications, a subscription that never connected, and event triggers; these come last since they fire on the others.
CREATE SCHEMA replication;
SET search_path = replication;
CREATE TABLE published (id int PRIMARY KEY, v text, w text);
CREATE PUBLICATION everything FOR ALL TABLES WITH (publish = 'insert, truncate');
CREATE PUBLICATION chosen FOR TABLE published, ONLY tables.parent;
CREATE PUBLICATION no_table;
ALTER PUBLICATION chosen OWNER TO zoo_super;
\if :v13
CREATE PUBLICATION by_root FOR TABLE parts.by_range WITH (publish_via_partition_root = true);
\endif
\if :v15
CREATE PUBLICATION filtered FOR TABLE published (id, v) WHERE (id > 10 AND v <> 'it''s');
CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA types, TABLE published;
\endif
CREATE SUBSCRIPTION far_away CONNECTION 'host=nowhere.example dbname=x user=u password=zoo-subscription-secret'
  PUBLICATION one, "Two ""x""" WITH (connect = false, slot_name = NONE);
COMMENT ON PUBLICATION chosen IS 'publication';
COMMENT ON SUBSCRIPTION far_away IS 'subscription';

CREATE FUNCTION on_event() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM tg_tag; END $$;
CREATE EVENT TRIGGER watching ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE') EXECUTE FUNCTION on_event();
CREATE EVENT TRIGGER dropping ON sql_drop EXECUTE FUNCTION on_event();
CREATE EVENT TRIGGER asleep ON ddl_command_start EXECUTE FUNCTION on_event();
CREATE EVENT TRIGGER for_replicas ON table_rewrite EXECUTE FUNCTION on_event();
ALTER EVENT TRIGGER asleep DISABLE;
ALTER EVENT TRIGGER for_replicas ENABLE REPLICA;
COMMENT ON EVENT TRIGGER watching IS 'event trigger';
