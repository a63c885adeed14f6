#include "framework/sweep/worker.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>

namespace twinset {
namespace {

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

/// Field 22 of /proc/PID/stat; -1 if there is no such process, or only its remains (a zombie).
int64_t process_start(int64_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const size_t name_end = text.rfind(')');  // the name in parentheses may hold anything
  if (name_end == std::string::npos) return -1;
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  fields >> field;
  if (field == "Z" || field == "X") return -1;
  for (int i = 4; i <= 22; ++i) fields >> field;
  return fields ? std::stoll(field) : -1;
}

}  // namespace

Worker this_worker() { return {host_name(), ::getpid(), process_start(::getpid())}; }

bool is_running_here(const Worker& worker) {
  return worker.host == host_name() && process_start(worker.process) == worker.process_start;
}

}  // namespace twinset
