#include "engine/database/postgres/large_objects.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

constexpr const char* catalog = large_object_schema;
constexpr const char* objects_table = large_object_tables[0];
constexpr const char* pieces_table = large_object_tables[1];
constexpr std::uint32_t objects_oid = 2995;
constexpr std::uint32_t pieces_oid = 2613;

// Of COPY's text before it is handed on: some ten pieces.
constexpr std::size_t load_bytes = 4U << 20U;
// The grants of an ACL as text that does not depend on the order in which they were given; an empty one is '{}'.
std::string sorted_grants(const std::string& acl) {
  return cat("(SELECT coalesce(array_agg(g::text ORDER BY g::text COLLATE \"C\"), '{}')::text FROM unnest(", acl,
             ") AS g)");
}

// Grants that nobody changed are those of every new large object, NULL.
std::string objects_sql() {
  return cat("SELECT m.oid, pg_get_userbyid(m.lomowner) AS owner, CASE WHEN m.lomacl IS NOT NULL THEN nullif(",
             sorted_grants("m.lomacl"), ", ", sorted_grants("acldefault('L', m.lomowner)"),
             ") END AS acl, obj_description(m.oid, 'pg_largeobject') AS comment FROM pg_largeobject_metadata m");
}

// Each step is a subquery of its own, which OFFSET 0 keeps apart: what opens, measures and closes is called once an
// object, in this order. A piece of zeros is left out, since what was never written reads as zeros too; but not the
// last one, which says where the object ends. 262144 is both the size of a piece and INV_READ.
constexpr const char* pieces_sql = R"(
SELECT p.oid, p.place AS "offset", p.data
FROM (SELECT s.oid, s.size, place, lo_get(s.oid, place, 262144) AS data
      FROM (SELECT c.oid, c.size
            FROM (SELECT m.oid, m.size, lo_close(m.opened) AS closed
                  FROM (SELECT o.oid, o.opened, lo_lseek64(o.opened, 0, 2) AS size
                        FROM (SELECT oid, lo_open(oid, 262144) AS opened FROM pg_largeobject_metadata OFFSET 0) AS o
                        OFFSET 0) AS m
                  OFFSET 0) AS c
            WHERE c.closed = 0 OFFSET 0) AS s
      CROSS JOIN LATERAL generate_series(0, s.size - 1, 262144) AS place OFFSET 0) AS p
WHERE p.place + 262144 >= p.size OR p.data <> decode(repeat('00', 262144), 'hex'))";

// Roles that may read them: by a grant, as superuser, or because the server asks nobody.
constexpr const char* closed_sql = R"(
SELECT m.oid FROM pg_largeobject_metadata m
WHERE NOT current_setting('lo_compat_privileges')::boolean
  AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
  AND NOT EXISTS (
    SELECT FROM aclexplode(coalesce(m.lomacl, acldefault('L', m.lomowner))) g
    WHERE g.privilege_type = 'SELECT' AND (g.grantee = 0 OR pg_has_role(g.grantee, 'USAGE')))
ORDER BY m.oid)";

// The statements that make an object's properties what they were, in the order in which they can be run. The owner is
// known by the grants that it gave; those of another grantor are given in his name, and first those that others need.
constexpr const char* owners_sql = R"(
SELECT format('ALTER LARGE OBJECT %s OWNER TO %I', object, owner)
FROM pg_temp.large_objects WHERE owner <> current_user ORDER BY object)";

constexpr const char* revokes_sql = R"(
SELECT format('REVOKE ALL ON LARGE OBJECT %s FROM %I', o.object, pg_get_userbyid(m.lomowner))
FROM pg_temp.large_objects o JOIN pg_largeobject_metadata m ON m.oid = o.object WHERE o.acl IS NOT NULL ORDER BY object)";

constexpr const char* grants_sql = R"(
SELECT CASE WHEN own THEN given ELSE format('SET ROLE %I; %s; RESET ROLE', grantor, given) END
FROM (SELECT object, pg_get_userbyid(g.grantor) AS grantor, pg_get_userbyid(g.grantor) = owner AS own, g.is_grantable,
             format('GRANT %s ON LARGE OBJECT %s TO %s%s', g.privilege_type, object,
                    CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
                    CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS given
      FROM pg_temp.large_objects, aclexplode(CASE WHEN acl <> '{}' THEN acl::aclitem[] END) g) AS each
ORDER BY own DESC, is_grantable DESC, object, given)";

constexpr const char* comments_sql = R"(
SELECT format('COMMENT ON LARGE OBJECT %s IS %L', object, comment)
FROM pg_temp.large_objects WHERE comment IS NOT NULL ORDER BY object)";

// A role as an ACL has it (putid in acl.c of PostgreSQL).
std::string name_in_acl(const std::string& role) {
  const bool is_plain = std::ranges::all_of(role, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return is_plain ? role : quote(role);
}

// "grantee=rights/grantor", with other roles in place of those that are renamed: all at once, so that two can swap.
std::string rename_roles_sql(const std::map<std::string, std::string>& renamed) {
  std::vector<std::string> pairs(renamed.size());
  std::ranges::transform(renamed, pairs.begin(), [](const auto& pair) {
    const auto& [from, to] = pair;
    return cat("(", literal(from), ", ", literal(to), ", ", literal(name_in_acl(from)), ", ", literal(name_in_acl(to)),
               ")");
  });
  return cat("WITH renamed (role, other, written, other_written) AS (VALUES ", base::join(pairs, ", "), R"()
UPDATE pg_temp.large_objects o SET
  owner = coalesce((SELECT other FROM renamed WHERE role = o.owner), o.owner),
  acl = CASE WHEN acl IS NOT NULL THEN (
    SELECT coalesce(array_agg(coalesce(e.other_written, part[1]) || '=' || part[3] || '/' ||
                              coalesce(r.other_written, part[4])), '{}')::text
    FROM unnest(o.acl::text[]) AS g
    CROSS JOIN regexp_matches(g, '^(("(?:[^"]|"")*"|[^"=])*)=([^/]*)/(.*)$') AS part
    LEFT JOIN renamed e ON e.written = part[1]
    LEFT JOIN renamed r ON r.written = part[4]) END)");
}

Relation relation_of(const char* name, std::uint32_t oid, std::string query, const std::vector<Column>& columns) {
  Relation out;
  out.oid = oid;
  out.schema = catalog;
  out.name = name;
  out.query = std::move(query);
  out.columns = columns;
  return out;
}

bool is_table(const PostgresTableFacts& table, const char* name) {
  return table.schema == catalog && table.name == name;
}

class ObjectsLoad {
 public:
  ObjectsLoad(Statements& statements, const StoredDatabase& stored,
              const std::function<void(std::uint64_t bytes)>& progress)
      : statements_(&statements), stored_(&stored), progress_(&progress) {}

  // The rows of one of the two tables, some at a time; after each, `statement` in the same transaction.
  void load(const char* table, const std::string& into, const std::string& statement) {
    const auto runs = stored_->rows->runs();
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const auto& facts = (*stored_->tables)[runs[i].table].postgres;
      if (!facts || !is_table(*facts, table)) {
        continue;
      }
      base::Bytes waiting;
      stored_->rows->read(i, [&](base::ByteView bytes) {
        base::put(waiting, bytes);
        if (waiting.size() >= load_bytes) {
          hand_on(waiting, into, statement);
        }
      });
      hand_on(waiting, into, statement);
    }
  }

 private:
  // The whole rows of what waits; a newline ends a row and is nowhere else.
  void hand_on(base::Bytes& waiting, const std::string& into, const std::string& statement) {
    const std::size_t end = base::text_of(waiting).rfind('\n') + 1;  // npos + 1 is 0
    if (end == 0) {
      return;
    }
    const std::string options =
        stored_->encoding.empty() ? "" : cat(" WITH (ENCODING ", literal(stored_->encoding), ")");
    statements_->begin();
    statements_->copy(cat("COPY ", into, " FROM STDIN", options),
                      [&](const Connection::Put& put) { put(base::ByteView(waiting).first(end)); });
    statements_->run(statement);
    statements_->commit();
    waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(end));
    bytes_ += end;
    (*progress_)(bytes_);
  }

  Statements* statements_;
  const StoredDatabase* stored_;
  const std::function<void(std::uint64_t bytes)>* progress_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::vector<Relation> large_object_relations(Connection& connection) {
  const Result found = connection.execute(
      "SELECT EXISTS (SELECT FROM pg_largeobject_metadata), "
      "pg_relation_size('pg_largeobject') / current_setting('block_size')::bigint");
  if (!found.boolean(0, 0)) {
    return {};
  }
  const Column oid{.number = 1, .name = "oid", .type = "oid"};
  Relation objects = relation_of(objects_table, objects_oid, objects_sql(),
                                 {oid,
                                  {.number = 2, .name = "owner", .type = "name"},
                                  {.number = 3, .name = "acl", .type = "text"},
                                  {.number = 4, .name = "comment", .type = "text"}});
  objects.key = {"oid"};
  Relation pieces = relation_of(
      pieces_table, pieces_oid, pieces_sql,
      {oid, {.number = 2, .name = "offset", .type = "bigint"}, {.number = 3, .name = "data", .type = "bytea"}});
  pieces.key = {"oid", "offset"};
  pieces.blocks = static_cast<std::uint64_t>(found.integer(0, 1));
  return {pieces, objects};
}

bool holds_large_objects(const PostgresTableFacts& table) {
  return is_table(table, objects_table) || is_table(table, pieces_table);
}

std::vector<std::string> closed_large_objects(Connection& connection) {
  const Result closed = connection.execute(closed_sql);
  std::vector<std::string> out;
  out.reserve(static_cast<std::size_t>(closed.rows()));
  for (int row = 0; row < closed.rows(); ++row) {
    out.push_back(cat("large object ", closed.text(row, 0)));
  }
  return out;
}

void load_large_objects(Statements& statements, const StoredDatabase& stored, const RoleOptions& roles,
                        const std::function<void(std::uint64_t bytes)>& progress) {
  statements.run(
      "CREATE TEMPORARY TABLE large_objects (object oid, owner name, acl text, comment text);"
      "CREATE TEMPORARY TABLE large_object_pieces (object oid, place bigint, data bytea) ON COMMIT DELETE ROWS");
  ObjectsLoad loading(statements, stored, progress);
  loading.load(objects_table, "pg_temp.large_objects", "SELECT 1");
  statements.run("SELECT count(lo_create(object)) FROM pg_temp.large_objects");
  loading.load(pieces_table, "pg_temp.large_object_pieces",
               "SELECT lo_put(object, place, data) FROM pg_temp.large_object_pieces");
  if (!roles.renamed.empty()) {
    statements.run(rename_roles_sql(roles.renamed));
  }
  if (!roles.no_owner) {
    statements.run_each(owners_sql, true);
  }
  if (!roles.no_privileges) {
    statements.run_each(revokes_sql, true);
    statements.run_each(grants_sql, true);
  }
  statements.run_each(comments_sql, true);
  statements.run("DROP TABLE pg_temp.large_objects, pg_temp.large_object_pieces");
}

}  // namespace dbrollback::database::postgres
