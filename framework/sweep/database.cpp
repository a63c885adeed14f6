#include "framework/sweep/database.h"

#include <fmt/format.h>
#include <linux/magic.h>
#include <sqlite3.h>
#include <sys/statfs.h>

#include <algorithm>

#include "framework/core/error.h"

namespace twinset {
namespace {

constexpr int kBusyMilliseconds = 60'000;

bool is_on_local_file_system(const std::filesystem::path& file) {
  constexpr long kXfs = 0x58465342, kZfs = 0x2fc12fc1;
  constexpr long kLocal[] = {EXT4_SUPER_MAGIC,
                             BTRFS_SUPER_MAGIC,
                             TMPFS_MAGIC,
                             OVERLAYFS_SUPER_MAGIC,
                             F2FS_SUPER_MAGIC,
                             kXfs,
                             kZfs};
  struct statfs status {};
  if (::statfs(file.parent_path().empty() ? "." : file.parent_path().c_str(), &status) != 0)
    return false;
  return std::find(std::begin(kLocal), std::end(kLocal), static_cast<long>(status.f_type)) !=
         std::end(kLocal);
}

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

struct Bind {
  sqlite3_stmt* statement;
  int index;
  int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, index); }
  int operator()(int64_t value) const { return sqlite3_bind_int64(statement, index, value); }
  int operator()(double value) const { return sqlite3_bind_double(statement, index, value); }
  int operator()(const std::string& value) const {
    return sqlite3_bind_text(statement, index, value.data(), static_cast<int>(value.size()),
                             SQLITE_TRANSIENT);
  }
};

SqlValue column(sqlite3_stmt* statement, int index) {
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_NULL:
      return nullptr;
    case SQLITE_INTEGER:
      return static_cast<int64_t>(sqlite3_column_int64(statement, index));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, index);
    default: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, index));
      return std::string(text, static_cast<size_t>(sqlite3_column_bytes(statement, index)));
    }
  }
}

}  // namespace

Database::Database(const std::filesystem::path& file) : file_(file) {
  const int code =
      sqlite3_open_v2(file.c_str(), &handle_,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  try {
    if (code != SQLITE_OK) fail(code);
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, kBusyMilliseconds);
    const bool is_local = is_on_local_file_system(std::filesystem::absolute(file));
    set_journal(is_local ? "wal" : "delete");
    run(is_local ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

// SQLite does not wait for a lock when it changes the journal, as it does elsewhere.
void Database::set_journal(const std::string& mode) {
  for (int waited = 0;; waited += 10) {
    if (std::get<std::string>(run("PRAGMA journal_mode")[0][0]) == mode) return;
    const int code =
        sqlite3_exec(handle_, ("PRAGMA journal_mode = " + mode).c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK && ((code & 0xff) != SQLITE_BUSY || waited >= kBusyMilliseconds))
      fail(code);
    if (code != SQLITE_OK) sqlite3_sleep(10);
  }
}

Database::~Database() { sqlite3_close(handle_); }

void Database::fail(int code) const {
  const std::string reason = handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  const int kind = code & 0xff;
  if (kind == SQLITE_NOTADB || kind == SQLITE_CORRUPT) {
    throw DataError({.where = file_.string(),
                     .what = reason,
                     .expected = "the manifest of a sweep",
                     .todo = "move the file away to begin the sweep anew"});
  }
  throw SystemError({.where = file_.string(), .what = reason});
}

std::vector<SqlRow> Database::run(std::string_view sql, const std::vector<SqlValue>& values) {
  sqlite3_stmt* raw = nullptr;
  if (const int code =
          sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
      code != SQLITE_OK)
    fail(code);
  const std::unique_ptr<sqlite3_stmt, Finalize> statement(raw);
  for (size_t i = 0; i < values.size(); ++i) {
    if (const int code = std::visit(Bind{raw, static_cast<int>(i) + 1}, values[i]);
        code != SQLITE_OK)
      fail(code);
  }
  std::vector<SqlRow> rows;
  int code = SQLITE_OK;
  while ((code = sqlite3_step(raw)) == SQLITE_ROW) {
    SqlRow& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(raw); ++i) row.push_back(column(raw, i));
  }
  if (code != SQLITE_DONE) fail(code);
  return rows;
}

void Database::transaction(const std::function<void()>& body) {
  run("BEGIN IMMEDIATE");
  try {
    body();
    run("COMMIT");
  } catch (...) {
    if (sqlite3_get_autocommit(handle_) == 0)
      sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

}  // namespace twinset
