#include "framework/sweep/ranks.h"

#include <fmt/format.h>

#include "framework/sweep/job_process.h"

namespace twinset {
namespace {

std::string filled(std::string text, const std::string& mark, const std::string& value) {
  for (size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size())
    text.replace(at, mark.size(), value);
  return text;
}

}  // namespace

std::vector<std::string> rank_command_line(const RankOptions& options, const LaunchContext& context,
                                           int64_t number) {
  std::vector<std::string> line;
  for (const std::string& part : options.command) {
    line.push_back(filled(filled(part, "{program}", context.program), "{ranks}",
                          std::to_string(options.count)));
  }
  for (const std::string& part :
       {context.program, std::string("job-body"),
        std::filesystem::absolute(context.folder).string(), std::to_string(number)}) {
    line.push_back(part);
  }
  return line;
}

std::function<JobState()> job_body(const RankOptions& options, const LaunchContext& context,
                                   const JobRecord& job) {
  const std::filesystem::path folder = context.folder / job.job.folder;
  if (options.count == 1)
    return [body = context.body, job = job.job, folder] { return body(job, folder); };
  // In the folder where the sweep was started, so that relative paths of the configuration keep
  // their meaning.
  return [line = rank_command_line(options, context, job.number)] {
    return run_program(line, ".", {});
  };
}

}  // namespace twinset
