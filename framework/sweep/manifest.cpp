#include "framework/sweep/manifest.h"

#include <fmt/format.h>

#include <chrono>
#include <map>

#include "framework/core/error.h"

namespace twinset {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kFormat = 1;
constexpr double kSilentSeconds =
    150;  // a worker of another host that has not said anything for so long is dead

constexpr JobState kStates[] = {JobState::kPending,  JobState::kSubmitted, JobState::kRunning,
                                JobState::kComplete, JobState::kFailed,    JobState::kInterrupted};

constexpr const char* kColumns =
    "number, folder, digest, overrides, config, choices, state, num_tries, num_failures, host, "
    "process, process_start, "
    "started, seconds, scheduler_id, error, result";

JobState parse_state(const std::string& name) {
  for (const JobState state : kStates) {
    if (name == job_state_name(state)) return state;
  }
  throw DataError({.where = "manifest.sqlite", .what = "unknown job state '" + name + "'"});
}

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string text(const SqlValue& value) { return std::get<std::string>(value); }
int64_t whole(const SqlValue& value) { return std::get<int64_t>(value); }

JobRecord to_record(const SqlRow& row) {
  JobRecord record;
  record.number = whole(row[0]);
  record.job.folder = text(row[1]);
  record.job.digest = text(row[2]);
  record.job.overrides = Json::parse(text(row[3])).get<std::vector<std::string>>();
  record.job.config = from_json(Json::parse(text(row[4])));
  for (const auto& choice : Json::parse(text(row[5])))
    record.job.choices.emplace_back(choice.at(0), choice.at(1));
  record.state = parse_state(text(row[6]));
  record.num_tries = whole(row[7]);
  record.num_failures = whole(row[8]);
  record.worker = {text(row[9]), whole(row[10]), whole(row[11])};
  record.started = std::get<double>(row[12]);
  record.seconds = std::get<double>(row[13]);
  record.scheduler_id = text(row[14]);
  record.error = text(row[15]);
  record.result = Json::parse(text(row[16]));
  return record;
}

}  // namespace

const char* job_state_name(JobState state) {
  switch (state) {
    case JobState::kPending:
      return "pending";
    case JobState::kSubmitted:
      return "submitted";
    case JobState::kRunning:
      return "running";
    case JobState::kComplete:
      return "complete";
    case JobState::kFailed:
      return "failed";
    case JobState::kInterrupted:
      return "interrupted";
  }
  return "";
}

std::filesystem::path Manifest::file_in(const std::filesystem::path& sweep_folder) {
  return sweep_folder / "manifest.sqlite";
}

static std::filesystem::path checked_file(const std::filesystem::path& folder,
                                          Manifest::Open open) {
  const std::filesystem::path file = Manifest::file_in(folder);
  std::error_code error;
  if (open == Manifest::Open::kMake) {
    std::filesystem::create_directories(folder, error);
    if (error)
      throw SystemError(
          {.where = folder.string(), .what = "can't make the folder: " + error.message()});
  } else if (!std::filesystem::exists(file)) {
    throw ConfigError({.where = folder.string(),
                       .what = "holds no manifest.sqlite",
                       .expected = "the folder of a sweep"});
  }
  return file;
}

Manifest::Manifest(const std::filesystem::path& sweep_folder, Open open)
    : file_(checked_file(sweep_folder, open)), database_(file_) {
  const auto version = [&] { return whole(database_.run("PRAGMA user_version")[0][0]); };
  if (version() == kFormat) return;
  database_.transaction([&] {
    if (version() == kFormat) return;
    if (version() != 0) {
      throw DataError({.where = file_.string(),
                       .what = fmt::format("has format {}", version()),
                       .expected = fmt::format("format {}", kFormat),
                       .todo = "use the version of twinset that wrote it"});
    }
    database_.run(R"(CREATE TABLE jobs (
        number INTEGER PRIMARY KEY, folder TEXT NOT NULL UNIQUE, digest TEXT NOT NULL, overrides TEXT NOT NULL,
        config TEXT NOT NULL, choices TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'pending', num_tries INTEGER NOT NULL DEFAULT 0,
        num_failures INTEGER NOT NULL DEFAULT 0, host TEXT NOT NULL DEFAULT '', process INTEGER NOT NULL DEFAULT 0,
        process_start INTEGER NOT NULL DEFAULT 0, started REAL NOT NULL DEFAULT 0, seconds REAL NOT NULL DEFAULT 0,
        scheduler_id TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '', result TEXT NOT NULL DEFAULT 'null'))");
    database_.run("CREATE INDEX jobs_by_state ON jobs (state, number)");
    database_.run(R"(CREATE TABLE workers (
        host TEXT NOT NULL, process INTEGER NOT NULL, process_start INTEGER NOT NULL, beat REAL NOT NULL,
        PRIMARY KEY (host, process, process_start)))");
    database_.run("CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)");
    database_.run(fmt::format("PRAGMA user_version = {}", kFormat));
  });
}

std::vector<JobRecord> Manifest::select(const std::string& condition,
                                        const std::vector<SqlValue>& values) {
  std::vector<JobRecord> records;
  for (const SqlRow& row :
       database_.run(fmt::format("SELECT {} FROM jobs WHERE {}", kColumns, condition), values)) {
    records.push_back(to_record(row));
  }
  return records;
}

void Manifest::insert(int64_t number, const SweepJob& job) {
  auto choices = Json::array();
  for (const auto& [key, value] : job.choices) choices.push_back({key, value});
  database_.run(
      "INSERT INTO jobs (number, folder, digest, overrides, config, choices) VALUES (?, ?, ?, ?, "
      "?, ?)",
      {number, job.folder, job.digest, Json(job.overrides).dump(), to_json(job.config).dump(),
       choices.dump()});
}

Findings Manifest::begin(const std::vector<SweepJob>& jobs) {
  Findings findings;
  database_.transaction([&] {
    std::map<std::string, JobRecord> earlier;
    for (JobRecord& record : select("TRUE")) earlier.emplace(record.job.folder, std::move(record));
    // Numbers follow the new plan: first out of the way, then to their places.
    database_.run("UPDATE jobs SET number = -1 - number");
    bool is_changed = false;
    for (size_t i = 0; i < jobs.size(); ++i) {
      const auto number = static_cast<int64_t>(i);
      const auto same = earlier.extract(jobs[i].folder);
      if (!same.empty() && same.mapped().job.digest == jobs[i].digest) {
        is_changed = is_changed || same.mapped().number != number;
        database_.run("UPDATE jobs SET number = ?, overrides = ? WHERE folder = ?",
                      {number, Json(jobs[i].overrides).dump(), jobs[i].folder});
        continue;
      }
      if (!same.empty()) database_.run("DELETE FROM jobs WHERE folder = ?", {jobs[i].folder});
      insert(number, jobs[i]);
      ++findings.num_new;
    }
    auto number = static_cast<int64_t>(jobs.size());
    for (const auto& [folder, record] : earlier) {
      is_changed = true;
      if (record.state == JobState::kComplete) {
        database_.run("UPDATE jobs SET number = ? WHERE folder = ?", {number++, folder});
      } else {
        database_.run("DELETE FROM jobs WHERE folder = ?", {folder});
      }
    }
    settle(findings);
    findings.num_waiting -= findings.num_new;
    if (findings.num_elsewhere > 0 && (is_changed || findings.num_new > 0)) {
      throw ConfigError({.where = file_.string(),
                         .what = "another process runs this sweep, with other jobs",
                         .todo = "wait for it, or name another folder with hydra.sweep.dir"});
    }
  });
  return findings;
}

Findings Manifest::resume() {
  Findings findings;
  database_.transaction([&] { settle(findings); });
  return findings;
}

/// Within a transaction: counts the jobs by what was found, and makes those pending that shall run.
void Manifest::settle(Findings& findings) {
  database_.run("DELETE FROM facts WHERE name = 'stop'");
  const auto make_pending = [&](const JobRecord& record, const std::string& error) {
    database_.run(
        "UPDATE jobs SET state = 'pending', num_failures = 0, scheduler_id = '', error = ? WHERE "
        "number = ?",
        {error, record.number});
  };
  for (const JobRecord& record : select("TRUE")) {
    switch (record.state) {
      case JobState::kPending:
        ++findings.num_waiting;
        break;
      case JobState::kComplete:
        ++findings.num_complete;
        break;
      case JobState::kFailed:
        ++findings.num_failed;
        make_pending(record, record.error);
        break;
      case JobState::kInterrupted:
        ++findings.num_interrupted;
        make_pending(record, "");
        break;
      case JobState::kSubmitted:
        ++findings.num_elsewhere;
        break;
      case JobState::kRunning:
        if (is_worker_alive(record)) {
          ++findings.num_elsewhere;
        } else {
          ++findings.num_lost;
          make_pending(record, fmt::format("its process ({} on {}) died", record.worker.process,
                                           record.worker.host));
        }
    }
  }
}

int64_t Manifest::add(const SweepJob& job) {
  int64_t number = 0;
  database_.transaction([&] {
    number = whole(database_.run("SELECT coalesce(max(number) + 1, 0) FROM jobs")[0][0]);
    insert(number, job);
  });
  return number;
}

std::optional<JobRecord> Manifest::claim(std::optional<int64_t> number) {
  std::optional<JobRecord> claimed;
  database_.transaction([&] {
    if (stop_reason()) return;
    auto found = number ? select("number = ? AND state IN ('pending', 'submitted')", {*number})
                        : select("state = 'pending' ORDER BY number LIMIT 1");
    if (found.empty()) return;
    claimed = std::move(found[0]);
    claimed->state = JobState::kRunning;
    claimed->worker = this_worker();
    claimed->started = now();
    ++claimed->num_tries;
    database_.run(
        "UPDATE jobs SET state = 'running', num_tries = ?, host = ?, process = ?, process_start = "
        "?, started = ?, error = '' "
        "WHERE number = ?",
        {claimed->num_tries, claimed->worker.host, claimed->worker.process,
         claimed->worker.process_start, claimed->started, claimed->number});
  });
  return claimed;
}

void Manifest::finish(int64_t number, const JobOutcome& outcome, int64_t num_retries) {
  database_.transaction([&] {
    const JobRecord record = job(number);
    const bool is_failed = outcome.state == JobState::kFailed;
    const int64_t num_failures = record.num_failures + (is_failed ? 1 : 0);
    const JobState state =
        is_failed && num_failures <= num_retries ? JobState::kPending : outcome.state;
    const double seconds = record.started > 0 ? now() - record.started : 0;
    database_.run(
        "UPDATE jobs SET state = ?, num_failures = ?, seconds = ?, error = ?, result = ? WHERE "
        "number = ?",
        {job_state_name(state), num_failures, seconds, outcome.error, outcome.result.dump(),
         number});
  });
}

std::vector<JobRecord> Manifest::submit(int64_t limit) {
  std::vector<JobRecord> records;
  database_.transaction([&] {
    if (stop_reason()) return;
    records = select("state = 'pending' ORDER BY number LIMIT ?", {limit});
    for (JobRecord& record : records) {
      record.state = JobState::kSubmitted;
      database_.run(
          "UPDATE jobs SET state = 'submitted', scheduler_id = '', started = 0 WHERE number = ?",
          {record.number});
    }
  });
  return records;
}

void Manifest::release(int64_t number) {
  database_.run(
      "UPDATE jobs SET state = 'pending', scheduler_id = '' WHERE number = ? AND state IN "
      "('submitted', 'interrupted')",
      {number});
}

void Manifest::set_scheduler_id(int64_t number, const std::string& id) {
  database_.run("UPDATE jobs SET scheduler_id = ? WHERE number = ?", {id, number});
}

void Manifest::beat() {
  const Worker worker = this_worker();
  database_.run("INSERT OR REPLACE INTO workers VALUES (?, ?, ?, ?)",
                {worker.host, worker.process, worker.process_start, now()});
}

void Manifest::stop(const std::string& reason) { set_fact("stop", reason); }

std::optional<std::string> Manifest::stop_reason() {
  const Json reason = fact("stop");
  return reason.is_null() ? std::nullopt : std::optional(reason.get<std::string>());
}

std::vector<JobRecord> Manifest::jobs() { return select("TRUE ORDER BY number"); }

JobRecord Manifest::job(int64_t number) {
  std::vector<JobRecord> found = select("number = ?", {number});
  if (found.empty()) {
    throw ConfigError(
        {.what = fmt::format("the sweep has no job {}", number),
         .expected = fmt::format("a number below {}",
                                 whole(database_.run("SELECT count(*) FROM jobs")[0][0]))});
  }
  return std::move(found[0]);
}

int64_t Manifest::count(JobState state) {
  return whole(
      database_.run("SELECT count(*) FROM jobs WHERE state = ?", {job_state_name(state)})[0][0]);
}

bool Manifest::is_worker_alive(const JobRecord& record) {
  const Worker& worker = record.worker;
  if (worker.host == this_worker().host) return is_running_here(worker);
  const auto beats =
      database_.run("SELECT beat FROM workers WHERE host = ? AND process = ? AND process_start = ?",
                    {worker.host, worker.process, worker.process_start});
  const double last =
      beats.empty() ? record.started : std::max(record.started, std::get<double>(beats[0][0]));
  return now() - last < kSilentSeconds;
}

void Manifest::set_fact(const std::string& name, const Json& value) {
  database_.run("INSERT OR REPLACE INTO facts VALUES (?, ?)", {name, value.dump()});
}

Json Manifest::fact(const std::string& name) {
  const auto rows = database_.run("SELECT value FROM facts WHERE name = ?", {name});
  return rows.empty() ? Json() : Json::parse(text(rows[0][0]));
}

}  // namespace twinset
