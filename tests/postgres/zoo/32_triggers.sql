-- Triggers in every state, and row level security. A restore that fires one of these shows in `fired`.
CREATE SCHEMA triggers;
SET search_path = triggers;

CREATE TABLE fired (who text, what text, old_id int, new_id int);
CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_LEVEL = 'ROW' THEN
    INSERT INTO triggers.fired VALUES (TG_NAME, TG_OP);
    RETURN coalesce(NEW, OLD);
  END IF;
  INSERT INTO triggers.fired VALUES (TG_NAME, TG_OP);
  RETURN NULL;
END $$;
CREATE TABLE watched (id int PRIMARY KEY, v text, w text);
INSERT INTO watched VALUES (1, 'before the triggers', NULL);
CREATE TRIGGER before_row BEFORE INSERT OR UPDATE OF v, w ON watched FOR EACH ROW WHEN (new.v IS NOT NULL) EXECUTE FUNCTION fire();
CREATE TRIGGER after_all AFTER INSERT OR DELETE OR TRUNCATE ON watched EXECUTE FUNCTION fire('an', E'argument''s\n');
CREATE TRIGGER tables_of_rows AFTER UPDATE ON watched REFERENCING OLD TABLE AS was NEW TABLE AS is_ EXECUTE FUNCTION fire();
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON watched FROM fired DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fire();
CREATE TRIGGER sleeping BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION fire();
CREATE TRIGGER for_replicas BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION fire();
CREATE TRIGGER for_all BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION fire();
ALTER TABLE watched DISABLE TRIGGER sleeping;
ALTER TABLE watched ENABLE REPLICA TRIGGER for_replicas;
ALTER TABLE watched ENABLE ALWAYS TRIGGER for_all;
INSERT INTO watched VALUES (2, 'with the triggers', NULL);
CREATE VIEW seen AS SELECT * FROM watched;
CREATE TRIGGER in_place_of INSTEAD OF INSERT ON seen FOR EACH ROW EXECUTE FUNCTION fire();
CREATE TABLE watched_parts (id int) PARTITION BY LIST (id);
CREATE TABLE watched_part PARTITION OF watched_parts FOR VALUES IN (1);
CREATE TRIGGER cloned AFTER INSERT ON watched_parts FOR EACH ROW EXECUTE FUNCTION fire();
ALTER TABLE watched_part DISABLE TRIGGER cloned;

CREATE TABLE secret (id int PRIMARY KEY, owner name, v text);
ALTER TABLE secret OWNER TO zoo_owner;
INSERT INTO secret VALUES (1, 'zoo_owner', 'mine'), (2, 'zoo_reader', 'theirs'), (3, 'nobody', 'nobody''s');
ALTER TABLE secret ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON secret USING (owner = current_user) WITH CHECK (owner = current_user);
CREATE POLICY reading ON secret AS PERMISSIVE FOR SELECT TO zoo_reader, zoo_writer USING (EXISTS (SELECT FROM views.base AS b WHERE b.id = secret.id));
CREATE POLICY never_three ON secret AS RESTRICTIVE FOR ALL TO PUBLIC USING (id <> 3);
CREATE TABLE no_policy (id int);
ALTER TABLE no_policy ENABLE ROW LEVEL SECURITY;
INSERT INTO no_policy VALUES (1);
CREATE TABLE policy_off (id int);
CREATE POLICY asleep ON policy_off FOR DELETE USING (false);
