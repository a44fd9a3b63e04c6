-- Views, also in a circle, materialized ones in every state, and rules.
CREATE SCHEMA views;
SET search_path = views;

CREATE TABLE base (id int PRIMARY KEY, name text, owner name DEFAULT current_user);
INSERT INTO base SELECT i, 'n' || i FROM generate_series(1, 100) AS i;
CREATE VIEW plain (number, label) AS SELECT id, name FROM base WHERE id % 2 = 0;
CREATE VIEW guarded WITH (security_barrier) AS SELECT * FROM base WHERE id > 5 WITH CASCADED CHECK OPTION;
CREATE VIEW local_guarded WITH (check_option = local) AS SELECT * FROM guarded WHERE id < 50;
\if :v15
CREATE VIEW as_invoker WITH (security_invoker = true) AS SELECT * FROM base;
\endif
CREATE VIEW grouped AS SELECT id, name, count(*) AS n FROM base GROUP BY id;     -- leans on the primary key
CREATE RECURSIVE VIEW counting (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM counting WHERE n < 10;
ALTER VIEW plain ALTER label SET DEFAULT 'of the view';
CREATE VIEW on_dropped AS SELECT base.*, d.renamed FROM base LEFT JOIN tables.dropped AS d ON d.a = base.id;
CREATE VIEW circle_a AS SELECT 1 AS x;
CREATE VIEW circle_b AS SELECT x FROM circle_a;
CREATE OR REPLACE VIEW circle_a AS SELECT x FROM circle_b;        -- reading it fails; dumping it must not

CREATE MATERIALIZED VIEW fresh AS SELECT id % 10 AS ten, count(*) AS n FROM base GROUP BY 1;
CREATE UNIQUE INDEX fresh_ten ON fresh (ten);
CREATE MATERIALIZED VIEW on_fresh WITH (fillfactor = 80) AS SELECT sum(n) AS total FROM fresh;
CREATE MATERIALIZED VIEW stale AS SELECT count(*) AS n FROM base;
CREATE MATERIALIZED VIEW a_before_its_base AS SELECT * FROM on_fresh;
CREATE MATERIALIZED VIEW empty_yet AS SELECT * FROM base WITH NO DATA;
CREATE INDEX empty_yet_id ON empty_yet (id);
CREATE MATERIALIZED VIEW on_empty AS SELECT count(*) FROM empty_yet WITH NO DATA;
CREATE MATERIALIZED VIEW of_key AS SELECT id, name FROM base GROUP BY id;
INSERT INTO base VALUES (101, 'after the refresh of stale');
REFRESH MATERIALIZED VIEW fresh;

CREATE TABLE noted (what text, id int);
CREATE RULE also AS ON UPDATE TO base WHERE new.id <> old.id DO ALSO INSERT INTO noted VALUES ('moved', new.id);
CREATE RULE instead AS ON INSERT TO plain DO INSTEAD INSERT INTO base (id, name) VALUES (new.number, new.label);
CREATE RULE nothing AS ON DELETE TO base DO INSTEAD NOTHING;
ALTER TABLE base DISABLE RULE nothing;
CREATE RULE always AS ON DELETE TO noted DO ALSO (NOTIFY gone; SELECT 1);
ALTER TABLE noted ENABLE ALWAYS RULE always;
INSERT INTO plain VALUES (200, 'through the rule');
