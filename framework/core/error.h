// Errors a user can cause. Every message has four parts: where, what is, what was expected, what to
// do. Bugs of the program itself are TWINSET_CHECK's: it aborts with the expression.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace twinset {

/// The parts of a message; empty ones are left out.
struct ErrorParts {
  std::string where;     ///< file:line, key, or option
  std::string what;      ///< what is, with its value
  std::string expected;  ///< what would have been right
  std::string todo;      ///< what the user can do
};

/// "where: what, expected expected; todo".
std::string format_error(const ErrorParts& parts);

/// Base of all errors that are shown to a user as one line, without a stack.
class Error : public std::runtime_error {
 public:
  explicit Error(ErrorParts parts)
      : std::runtime_error(format_error(parts)), parts_(std::move(parts)) {}
  const ErrorParts& parts() const { return parts_; }

 private:
  ErrorParts parts_;
};

/// A configuration file, an override or a command-line argument is wrong.
class ConfigError : public Error {
 public:
  using Error::Error;
};

/// The contents of a data file are wrong, or a file can't be read.
class DataError : public Error {
 public:
  using Error::Error;
};

/// Tensors do not fit together.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// The system refused: disk full, permission, out of processes.
class SystemError : public Error {
 public:
  using Error::Error;
};

/// The user pressed Ctrl-C, or the process was asked to end; state has been saved.
class Interrupted : public Error {
 public:
  using Error::Error;
};

/// A ConfigError for a name that is not among `known`: lists them all and the nearest one.
/// `kind` is the noun, such as "loss" or "key".
[[noreturn]] void throw_unknown_name(std::string_view where, std::string_view kind,
                                     std::string_view name, const std::vector<std::string>& known);

[[noreturn]] void check_failed(const char* file, int line, const char* expression,
                               const std::string& detail);

}  // namespace twinset

/// Aborts with file, line, expression and detail if a condition that the program itself guarantees
/// does not hold.
#define TWINSET_CHECK(condition, detail)                                               \
  do {                                                                                 \
    if (!(condition)) ::twinset::check_failed(__FILE__, __LINE__, #condition, detail); \
  } while (false)
