"""What kinds of object a database has, by its catalogs: so that none goes missing from the zoo by accident.

KINDS: a word for the kind, the first version of the server that has it, and what counts it, all in one catalog's terms.
What belongs to an extension or to the system does not count as the database's own.
"""

FIRST = 16384      # the first oid that is not the system's
OWN = f"c.oid >= {FIRST} AND c.oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')"


def of(catalog, condition="true", since=12):
    return since, f"SELECT count(*) FROM {catalog} AS c WHERE {OWN} AND ({condition})"


def among(catalog, condition, since=12):
    """Of a catalog whose rows have no oid, or belong to something of ours."""
    return since, f"SELECT count(*) FROM {catalog} AS c WHERE {condition}"


def here(column):
    return f"{column} = (SELECT oid FROM pg_database WHERE datname = current_database())"


COLUMN = "c.attrelid >= 16384 AND c.attnum > 0 AND "
KINDS = {
    "schema": of("pg_namespace"),
    "table": of("pg_class", "relkind = 'r'"),
    "table without columns": of("pg_class", "relkind = 'r' "
                                "AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0)"),
    "unlogged table": of("pg_class", "relkind = 'r' AND relpersistence = 'u'"),
    "unlogged sequence": of("pg_class", "relkind = 'S' AND relpersistence = 'u'", 15),
    "typed table": of("pg_class", "reloftype <> 0"),
    "table of another access method": of("pg_class", "relkind = 'r' "
                                         "AND relam <> (SELECT oid FROM pg_am WHERE amname = 'heap')"),
    "table in another tablespace": of("pg_class", "relkind = 'r' AND reltablespace <> 0"),
    "index in another tablespace": of("pg_class", "relkind = 'i' AND reltablespace <> 0"),
    "table with options": of("pg_class", "relkind = 'r' AND reloptions IS NOT NULL"),
    "replica identity": of("pg_class", "relkind = 'r' AND relreplident <> 'd'"),
    "row level security": of("pg_class", "relrowsecurity AND NOT relforcerowsecurity"),
    "row level security, forced": of("pg_class", "relrowsecurity AND relforcerowsecurity"),
    "view": of("pg_class", "relkind = 'v'"),
    "view with options": of("pg_class", "relkind = 'v' AND reloptions IS NOT NULL"),
    "materialized view": of("pg_class", "relkind = 'm' AND relispopulated"),
    "materialized view without data": of("pg_class", "relkind = 'm' AND NOT relispopulated"),
    "sequence": of("pg_class", "relkind = 'S'"),
    "foreign table": of("pg_class", "relkind = 'f' AND NOT relispartition"),
    "foreign partition": of("pg_class", "relkind = 'f' AND relispartition"),
    "partition": of("pg_class", "relkind = 'r' AND relispartition"),
    "partition with partitions": of("pg_class", "relkind = 'p' AND relispartition"),
    "inheritance": among("pg_inherits", "inhrelid >= 16384 "
                         "AND NOT EXISTS (SELECT FROM pg_class WHERE oid = inhrelid AND relispartition)"),
    "two parents": among("pg_inherits", "inhseqno = 2"),
    "default partition": among("pg_partitioned_table", "partdefid <> 0"),
    "dropped column": among("pg_attribute", COLUMN + "attisdropped"),
    "identity, always": among("pg_attribute", COLUMN + "attidentity = 'a'"),
    "identity, by default": among("pg_attribute", COLUMN + "attidentity = 'd'"),
    "generated column, stored": among("pg_attribute", COLUMN + "attgenerated = 's'"),
    "generated column, virtual": among("pg_attribute", COLUMN + "attgenerated = 'v'", 18),
    "default not stored in rows": among("pg_attribute", COLUMN + "atthasmissing"),
    "column's options": among("pg_attribute", COLUMN + "attoptions IS NOT NULL"),
    "column's grants": among("pg_attribute", COLUMN + "attacl IS NOT NULL"),
    "column's compression": among("pg_attribute", COLUMN + "attcompression <> ''", 14),
    "default": of("pg_attrdef"),
    "check": of("pg_constraint", "contype = 'c' AND convalidated AND conrelid <> 0"),
    "check, not inherited": of("pg_constraint", "contype = 'c' AND connoinherit"),
    "check, not validated": of("pg_constraint", "contype = 'c' AND NOT convalidated AND conrelid <> 0"),
    "foreign key": of("pg_constraint", "contype = 'f' AND convalidated"),
    "foreign key, not validated": of("pg_constraint", "contype = 'f' AND NOT convalidated"),
    "foreign key, to itself": of("pg_constraint", "contype = 'f' AND conrelid = confrelid"),
    "foreign keys, in a circle": of("pg_constraint", "contype = 'f' "
                                    "AND EXISTS (SELECT FROM pg_constraint AS o WHERE o.contype = 'f' "
                                    "AND o.conrelid = c.confrelid AND o.confrelid = c.conrelid AND o.conrelid <> o.confrelid)"),
    "foreign key, to a partitioned table": of("pg_constraint", "contype = 'f' "
                                              "AND confrelid IN (SELECT oid FROM pg_class WHERE relkind = 'p')"),
    "deferrable constraint": of("pg_constraint", "condeferrable AND NOT condeferred"),
    "deferred constraint": of("pg_constraint", "condeferred"),
    "primary key": of("pg_constraint", "contype = 'p'"),
    "unique constraint": of("pg_constraint", "contype = 'u'"),
    "exclusion constraint": of("pg_constraint", "contype = 'x'"),
    "constraint trigger": of("pg_constraint", "contype = 't'"),
    "domain's constraint": of("pg_constraint", "contypid <> 0 AND convalidated"),
    "domain's constraint, not validated": of("pg_constraint", "contypid <> 0 AND NOT convalidated"),
    "enum": of("pg_type", "typtype = 'e'"),
    "domain": of("pg_type", "typtype = 'd'"),
    "domain over a domain": of("pg_type", "typtype = 'd' AND (SELECT typtype FROM pg_type WHERE oid = c.typbasetype) = 'd'"),
    "composite type": of("pg_type", "typtype = 'c' AND (SELECT relkind FROM pg_class WHERE oid = typrelid) = 'c'"),
    "range": of("pg_type", "typtype = 'r'"),
    "multirange": of("pg_type", "typtype = 'm'", 14),
    "base type": of("pg_type", "typtype = 'b' AND typelem = 0"),
    "undefined type": of("pg_type", "NOT typisdefined"),
    "type without binary functions": of("pg_type", "typtype = 'b' AND typelem = 0 AND typsend = 0 AND typisdefined"),
    "function": of("pg_proc", "prokind = 'f'"),
    "procedure": of("pg_proc", "prokind = 'p'"),
    "aggregate": of("pg_proc", "prokind = 'a'"),
    "security definer": of("pg_proc", "prosecdef"),
    "function with settings": of("pg_proc", "proconfig IS NOT NULL"),
    "function with an SQL-standard body": of("pg_proc", "prosqlbody IS NOT NULL", 14),
    "operator": of("pg_operator"),
    "operator class": of("pg_opclass"),
    "operator family": of("pg_opfamily"),
    "cast": of("pg_cast"),
    "conversion": of("pg_conversion"),
    "language": of("pg_language"),
    "transform": of("pg_transform"),
    "access method for tables": of("pg_am", "amtype = 't'"),
    "access method for indexes": of("pg_am", "amtype = 'i'"),
    "collation": of("pg_collation"),
    "text search parser": of("pg_ts_parser"),
    "text search template": of("pg_ts_template"),
    "text search dictionary": of("pg_ts_dict"),
    "text search configuration": of("pg_ts_config"),
    "trigger": of("pg_trigger", "NOT tgisinternal AND tgenabled = 'O'"),
    "trigger, disabled": of("pg_trigger", "NOT tgisinternal AND tgenabled = 'D'"),
    "trigger, for replicas": of("pg_trigger", "NOT tgisinternal AND tgenabled = 'R'"),
    "trigger, always": of("pg_trigger", "NOT tgisinternal AND tgenabled = 'A'"),
    "event trigger": of("pg_event_trigger", "evtenabled = 'O'"),
    "event trigger, disabled": of("pg_event_trigger", "evtenabled = 'D'"),
    "policy": of("pg_policy", "polpermissive"),
    "policy, restrictive": of("pg_policy", "NOT polpermissive"),
    "rule": of("pg_rewrite", "rulename <> '_RETURN' AND ev_enabled = 'O'"),
    "rule, disabled": of("pg_rewrite", "ev_enabled = 'D'"),
    "statistics": of("pg_statistic_ext"),
    "statistics of expressions": of("pg_statistic_ext", "stxexprs IS NOT NULL", 14),
    "index on an expression": among("pg_index", "indexrelid >= 16384 AND indexprs IS NOT NULL"),
    "partial index": among("pg_index", "indexrelid >= 16384 AND indpred IS NOT NULL"),
    "covering index": among("pg_index", "indnatts > indnkeyatts"),
    "invalid index": among("pg_index", "NOT indisvalid AND (SELECT relkind FROM pg_class WHERE oid = indexrelid) = 'i'"),
    "invalid index on partitions": among("pg_index", "NOT indisvalid "
                                         "AND (SELECT relkind FROM pg_class WHERE oid = indexrelid) = 'I'"),
    "clustered": among("pg_index", "indrelid >= 16384 AND indisclustered"),
    "nulls not distinct": among("pg_index", "indnullsnotdistinct", 15),
    "foreign data wrapper": of("pg_foreign_data_wrapper"),
    "foreign server": of("pg_foreign_server"),
    "user mapping": of("pg_user_mapping"),
    "publication": of("pg_publication"),
    "publication of all tables": of("pg_publication", "puballtables"),
    "publication of some rows": among("pg_publication_rel", "prqual IS NOT NULL AND prattrs IS NOT NULL", 15),
    "publication of a schema": among("pg_publication_namespace", "true", 15),
    "subscription": among("pg_subscription", here("subdbid")),
    "default privileges": of("pg_default_acl"),
    "grant on an object of the system": among("pg_proc", "oid < 16384 AND proname = 'pg_ls_waldir' "
                                              "AND array_length(proacl, 1) > 2"),
    "configuration table": among("pg_extension", "extconfig IS NOT NULL"),
    "large object": of("pg_largeobject_metadata"),
    "large object's grants": of("pg_largeobject_metadata", "lomacl IS NOT NULL"),
    "setting of the database": among("pg_db_role_setting", here("setdatabase") + " AND setrole = 0"),
    "setting of a role in the database": among("pg_db_role_setting", here("setdatabase") + " AND setrole <> 0"),
    "comment on the database": among("pg_shdescription", here("objoid")),
    "connection limit": among("pg_database", here("oid") + " AND datconnlimit > 0"),
}
for access_method in ("btree", "hash", "gist", "spgist", "gin", "brin"):
    KINDS[f"index, {access_method}"] = of(
        "pg_class", f"relkind = 'i' AND relam = (SELECT oid FROM pg_am WHERE amname = '{access_method}')")
for strategy, letter in (("range", "r"), ("list", "l"), ("hash", "h")):
    KINDS[f"partitioned by {strategy}"] = among("pg_partitioned_table", f"partstrat = '{letter}'")
for storage, letter in (("plain", "p"), ("external", "e"), ("main", "m")):
    KINDS[f"column stored {storage}"] = among(
        "pg_attribute", COLUMN + f"attstorage = '{letter}' "
        "AND attstorage <> (SELECT typstorage FROM pg_type WHERE oid = atttypid)")

# Objects that take a comment, by the catalog that pg_description names them by.
COMMENTED = ("pg_namespace", "pg_type", "pg_class", "pg_proc", "pg_operator", "pg_opclass", "pg_opfamily", "pg_cast",
             "pg_language", "pg_transform", "pg_conversion", "pg_am", "pg_constraint", "pg_statistic_ext", "pg_collation",
             "pg_ts_parser", "pg_ts_template", "pg_ts_dict", "pg_ts_config", "pg_rewrite", "pg_trigger", "pg_policy",
             "pg_foreign_data_wrapper", "pg_foreign_server", "pg_publication", "pg_event_trigger", "pg_largeobject")
for catalog_name in COMMENTED:
    KINDS[f"comment, {catalog_name}"] = among("pg_description", f"classoid = '{catalog_name}'::regclass AND objoid >= 16384")


def count(server, database):
    """How many there are of each kind that this server knows."""
    major = server.version // 10000
    known = {kind: sql for kind, (since, sql) in KINDS.items() if major >= since}
    rows = server.query(database, " UNION ALL ".join(f"SELECT {number}, ({sql})" for number, sql in enumerate(known.values())))
    words = list(known)
    return {words[int(number)]: int(found) for number, found in rows}
