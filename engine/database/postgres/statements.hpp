// Where the statements go that put a snapshot back: to a session that runs them, or into a script for psql.
#pragma once

#include <functional>
#include <string>

#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

class Statements {
 public:
  Statements() = default;
  Statements(const Statements&) = delete;
  Statements& operator=(const Statements&) = delete;
  Statements(Statements&&) = delete;
  Statements& operator=(Statements&&) = delete;
  virtual ~Statements() = default;

  // One statement or several, without a semicolon at the end.
  virtual void run(const std::string& sql) = 0;
  // What psql would read from a file; `produce` gives it in pieces. Of psql's own commands only \restrict and
  // \unrestrict.
  virtual void script(const std::function<void(const Connection::Put& put)>& produce) = 0;
  // Of a transaction that need not be one of its own, where all of it is in one.
  virtual void begin() = 0;
  virtual void commit() = 0;
  // The statements that a query gives, a row each, in this order. `together`: a failure need not name the statement, so
  // that many may be run in one transaction.
  virtual void run_each(const std::string& query, bool together) = 0;
  // COPY … FROM STDIN of whole rows.
  virtual void copy(const std::string& sql, const std::function<void(const Connection::Put& put)>& produce) = 0;
};

// Errors: as of Connection.
class SessionStatements final : public Statements {
 public:
  enum class Transactions { own, callers };

  // `connection` must outlive it. `callers`: it is in a transaction, and stays in it.
  explicit SessionStatements(Connection& connection, Transactions transactions = Transactions::own)
      : connection_(&connection), transactions_(transactions) {}
  void run(const std::string& sql) override;
  void script(const std::function<void(const Connection::Put& put)>& produce) override;
  void begin() override;
  void commit() override;
  void run_each(const std::string& query, bool together) override;
  void copy(const std::string& sql, const std::function<void(const Connection::Put& put)>& produce) override;

 private:
  Connection* connection_;
  Transactions transactions_;
};

class ScriptStatements final : public Statements {
 public:
  // `take` gets the script, in pieces.
  explicit ScriptStatements(Connection::Put take) : take_(std::move(take)) {}
  void run(const std::string& sql) override;
  void script(const std::function<void(const Connection::Put& put)>& produce) override;
  void begin() override { run("BEGIN"); }
  void commit() override { run("COMMIT"); }
  void run_each(const std::string& query, bool together) override;
  void copy(const std::string& sql, const std::function<void(const Connection::Put& put)>& produce) override;

 private:
  Connection::Put take_;
};

}  // namespace dbrollback::database::postgres
