-- Large objects: with an owner, a comment and grants, empty, and longer than one of their pages.
SELECT lo_create(4200001) \g /dev/null
SELECT lo_from_bytea(4200002, '\x00ff5c0a') \g /dev/null
SELECT lo_from_bytea(4200003, decode(repeat('00112233445566778899aabbccddeeff', 10000), 'hex')) \g /dev/null
SELECT lo_from_bytea(4200004, 'of zoo_owner') \g /dev/null
ALTER LARGE OBJECT 4200004 OWNER TO zoo_owner;
GRANT SELECT, UPDATE ON LARGE OBJECT 4200004 TO zoo_writer;
GRANT SELECT ON LARGE OBJECT 4200002 TO PUBLIC;
COMMENT ON LARGE OBJECT 4200003 IS E'a comment''s\nsecond line';
-- One with a hole: its pages are not all there.
SELECT lo_create(4200005) \g /dev/null
SELECT lo_put(4200005, 100000, 'after a hole') \g /dev/null
