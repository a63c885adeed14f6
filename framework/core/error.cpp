#include "framework/core/error.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "framework/core/nearest_name.h"

namespace twinset {

std::string format_error(const ErrorParts& parts) {
  std::string text;
  if (!parts.where.empty()) text += parts.where + ": ";
  text += parts.what;
  if (!parts.expected.empty()) text += ", expected " + parts.expected;
  if (!parts.todo.empty()) text += "; " + parts.todo;
  return text;
}

void throw_unknown_name(std::string_view where, std::string_view kind, std::string_view name,
                        const std::vector<std::string>& known) {
  const std::string nearest = nearest_name(name, known);
  throw ConfigError({.where = std::string(where),
                     .what = fmt::format("unknown {} '{}'", kind, name),
                     .expected = known.empty() ? "none (nothing is registered)"
                                               : fmt::format("one of: {}", fmt::join(known, ", ")),
                     .todo = nearest.empty() ? "" : fmt::format("did you mean '{}'?", nearest)});
}

void check_failed(const char* file, int line, const char* expression, const std::string& detail) {
  std::fputs(fmt::format("{}:{}: check failed: {} ({})\n", file, line, expression, detail).c_str(),
             stderr);
  std::abort();
}

}  // namespace twinset
