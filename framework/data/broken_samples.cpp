#include "framework/data/broken_samples.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

constexpr int kMostLogged = 10;

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

}  // namespace

BrokenSamples::BrokenSamples(const Dataset& dataset, std::filesystem::path file, double max_share)
    : file_(std::move(file)), max_share_(max_share) {
  num_samples_ = dataset.size() + static_cast<int64_t>(dataset.skipped().size());
  max_count_ =
      static_cast<int64_t>(std::floor(max_share * static_cast<double>(num_samples_) + 1e-9));
  if (!file_.empty()) {
    if (file_.has_parent_path()) std::filesystem::create_directories(file_.parent_path());
    std::ifstream existing(file_);
    for (std::string line; std::getline(existing, line);)
      written_.insert(line.substr(0, line.find('\t')));
  }
  for (const std::string& text : dataset.skipped()) {
    const size_t tab = text.find('\t');
    write(text.substr(0, tab), tab == std::string::npos ? "" : text.substr(tab + 1));
    ++count_;
  }
  if (count_ > 0) check(dataset.skipped().back().substr(0, dataset.skipped().back().find('\t')));
}

void BrokenSamples::add(const std::vector<BrokenSample>& samples) {
  for (const BrokenSample& broken : samples) {
    if (!seen_.insert(broken.sample).second) continue;
    ++count_;
    if (num_logged_ < kMostLogged) log_warning("broken sample skipped: {}", broken.reason);
    if (++num_logged_ == kMostLogged)
      log_warning("further broken samples are not logged{}",
                  file_.empty() ? "" : ", see " + file_.string());
    write(broken.place, broken.reason);
    check(broken.reason);
  }
}

// One write of a whole line with O_APPEND, so that lines of several processes do not mix.
void BrokenSamples::write(const std::string& place, const std::string& reason) {
  if (file_.empty() || !written_.insert(one_line(place)).second) return;
  const std::string line = fmt::format("{}\t{}\n", one_line(place), one_line(reason));
  const int descriptor = open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  const ssize_t written = descriptor < 0 ? -1 : ::write(descriptor, line.data(), line.size());
  const std::string reason_text = std::strerror(errno);
  if (descriptor >= 0) close(descriptor);
  if (written != static_cast<ssize_t>(line.size())) {
    throw SystemError(
        {.where = file_.string(), .what = fmt::format("can't be written ({})", reason_text)});
  }
}

void BrokenSamples::check(const std::string& last) const {
  if (count_ <= max_count_) return;
  throw DataError(
      {.where = "data",
       .what =
           fmt::format("{} of {} samples are broken, the last one: {}", count_, num_samples_, last),
       .expected = fmt::format("at most a share of {} (loader.max_broken_share)", max_share_),
       .todo = file_.empty() ? "mend the data set, or raise loader.max_broken_share"
                             : fmt::format("{} names those found so far; mend the data set, or "
                                           "raise loader.max_broken_share",
                                           file_.string())});
}

}  // namespace twinset
