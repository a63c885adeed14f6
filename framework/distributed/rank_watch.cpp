#include "framework/distributed/rank_watch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>

#include "framework/core/logging.h"

namespace twinset {
namespace {

constexpr std::chrono::milliseconds kBeat{500};
constexpr std::chrono::milliseconds kGone{2500};  // five beats missed
constexpr std::chrono::milliseconds kDiagnosis{4000};
constexpr std::chrono::seconds kLinger{10};
constexpr std::chrono::milliseconds kVerdictPatience{10000};

std::vector<uint8_t> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown host";
}

}  // namespace

RankWatch::RankWatch(c10::intrusive_ptr<c10d::Store> store, const LaunchEnvironment& environment,
                     std::chrono::milliseconds timeout)
    : store_(std::move(store)), environment_(environment), timeout_(timeout) {
  set(key_of("who", environment_.rank), fmt::format("pid {} on {}", ::getpid(), host_name()));
  thread_ = std::thread([this] { run(); });
}

RankWatch::~RankWatch() {
  try {
    set(key_of("done", environment_.rank), "1");
    // Whoever failed with this rank still reads the store that it serves.
    const Clock::time_point begin = Clock::now();
    for (int64_t rank = 0;
         has_failed_ && environment_.hosts_store() && rank < environment_.world_size; ++rank) {
      while (find(key_of("done", rank)).empty() && Clock::now() - begin < kLinger)
        std::this_thread::sleep_for(kBeat / 5);
    }
  } catch (const std::exception&) {
    // The store is gone, and with it everyone who could read this.
  }
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  ending_.notify_all();
  thread_.join();
}

std::string RankWatch::key_of(const char* kind, int64_t rank) const {
  return fmt::format("{}watch/{}/{}", environment_.store_prefix, kind, rank);
}

std::string RankWatch::verdict_key() const { return environment_.store_prefix + "watch/verdict"; }

void RankWatch::set(const std::string& key, const std::string& value) {
  store_->set(key, bytes_of(value));
}

std::string RankWatch::find(const std::string& key) {
  if (!store_->check({key})) return "";
  const std::vector<uint8_t> value = store_->get(key);
  return {value.begin(), value.end()};
}

std::string RankWatch::name_of(int64_t rank) {
  return fmt::format("rank {} ({})", rank, find(key_of("who", rank)));
}

std::string RankWatch::store_is_gone() const {
  return fmt::format("{} (at {}:{}) is gone",
                     environment_.launcher_hosts_store ? "the launcher" : "rank 0",
                     environment_.store_host, environment_.store_port);
}

std::string RankWatch::silent_since(Clock::duration limit, std::vector<Pulse>& pulses) {
  const Clock::time_point now = Clock::now();
  pulses.resize(static_cast<size_t>(environment_.world_size), Pulse{"", now});
  std::string silent;
  for (int64_t rank = 0; rank < environment_.world_size; ++rank) {
    if (rank == environment_.rank) continue;
    Pulse& pulse = pulses[static_cast<size_t>(rank)];
    const std::string count = find(key_of("pulse", rank));
    if (count != pulse.count) pulse = {count, now};
    if (now - pulse.changed < limit || !find(key_of("done", rank)).empty()) continue;
    silent += (silent.empty() ? "" : ", ") + name_of(rank);
  }
  return silent.empty() ? "" : silent + " is gone";
}

std::string RankWatch::diagnose() {
  has_failed_ = true;
  std::vector<Pulse> pulses;
  const Clock::time_point begin = Clock::now();
  try {
    while (Clock::now() - begin < kDiagnosis) {
      if (const std::string known = find(verdict_key()); !known.empty()) return known;
      if (const std::string silent = silent_since(kGone, pulses); !silent.empty()) {
        set(verdict_key(), silent);
        return silent;
      }
      std::this_thread::sleep_for(kBeat / 2);
    }
  } catch (const std::exception&) {
    return store_is_gone();
  }
  return "";
}

void RankWatch::report_failure(const std::string& message) {
  has_failed_ = true;
  try {
    if (find(verdict_key()).empty())
      set(verdict_key(), fmt::format("{} failed: {}", name_of(environment_.rank), message));
  } catch (const std::exception&) {
    // Nobody is left to read it.
  }
}

std::string RankWatch::problem() {
  const std::lock_guard lock(mutex_);
  return problem_;
}

void RankWatch::begin_wait(const std::string& what) {
  const std::lock_guard lock(mutex_);
  waiting_for_ = what;
  waiting_since_ = Clock::now();
}

void RankWatch::end_wait() {
  const std::lock_guard lock(mutex_);
  waiting_for_.clear();
}

void RankWatch::run() {
  while (true) {
    std::string verdict, silent;
    try {
      store_->add(key_of("pulse", environment_.rank), 1);
      verdict = find(verdict_key());
      silent = silent_since(timeout_, pulses_);
    } catch (const std::exception&) {
      silent = store_is_gone();
    }
    std::unique_lock lock(mutex_);
    problem_ = verdict.empty() ? silent : verdict;
    const Clock::duration patience =
        verdict.empty() ? timeout_ : std::min(timeout_, kVerdictPatience);
    if (!problem_.empty() && !waiting_for_.empty() && Clock::now() - waiting_since_ > patience) {
      log_error("{}; this rank waits for it in '{}' and ends", problem_, waiting_for_);
      ::_exit(1);
    }
    if (ending_.wait_for(lock, kBeat, [&] { return is_ending_; })) return;
  }
}

}  // namespace twinset
