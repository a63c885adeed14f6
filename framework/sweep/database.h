// SQLite, as much of it as a manifest needs: a file, transactions, statements with typed values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct sqlite3;

namespace twinset {

/// One value of a row, or one bound to a `?` of a statement.
using SqlValue = std::variant<std::nullptr_t, int64_t, double, std::string>;
using SqlRow = std::vector<SqlValue>;

/// An open database. Several processes may have the same file open; a process that finds it locked
/// waits up to 60 s.
/// Not for use in a forked child: open it there again.
///
/// A process that is killed at any moment leaves every committed transaction whole, and nothing of
/// one that was not. On a local file system the journal is SQLite's write-ahead log; on any other
/// (NFS, Lustre, GPFS), where that log would need memory shared between machines, the rollback
/// journal.
class Database {
 public:
  /// Opens the file, or makes it. @throws SystemError if it can't; DataError if it is no database
  explicit Database(const std::filesystem::path& file);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs one statement with its values and returns the rows. @throws DataError, SystemError
  std::vector<SqlRow> run(std::string_view sql, const std::vector<SqlValue>& values = {});
  /// Runs `body` in a transaction that no other process writes beside; rolls back if it throws.
  void transaction(const std::function<void()>& body);

 private:
  [[noreturn]] void fail(int code) const;
  void set_journal(const std::string& mode);

  std::filesystem::path file_;
  sqlite3* handle_ = nullptr;
};

}  // namespace twinset
