#include "experiments/pinlanding/curate/review.h"

#include <fmt/format.h>

#include <fstream>
#include <set>

#include "eval/judged/json_lines.h"
#include "experiments/pinlanding/curate/normalise.h"
#include "experiments/pinlanding/words.h"
#include "framework/core/error.h"

namespace twinset::pinlanding {
namespace {

const char* const kReviewColumns = "family\tphrase\tcount\tproposal\tevidence\tdecision\tjudge";
const char* const kMap = "map to ";

Decision parse_decision(const std::string& text, const std::string& proposal,
                        const std::string& where) {
  if (text == "accept") return {Decision::Kind::kAccept, proposal};
  if (text == "reject") return {Decision::Kind::kReject, ""};
  if (text.starts_with(kMap)) {
    const std::string target = normalise_phrase(text.substr(std::string(kMap).size()));
    if (!target.empty()) return {Decision::Kind::kMap, target};
  }
  throw DataError({.where = where,
                   .what = fmt::format("the decision is '{}'", text),
                   .expected = "nothing, 'accept', 'reject' or 'map to X'"});
}

}  // namespace

std::string decision_text(const Decision& decision) {
  if (decision.kind == Decision::Kind::kMap) return kMap + decision.target;
  return decision.kind == Decision::Kind::kAccept ? "accept" : "reject";
}

Decisions read_review(const std::filesystem::path& file) {
  Decisions decisions;
  if (!std::filesystem::exists(file)) return decisions;
  std::ifstream lines(file);
  std::string line;
  std::getline(lines, line);
  if (trimmed(line) != kReviewColumns) {
    throw DataError({.where = file.string() + ":1",
                     .what = fmt::format("the header is '{}'", line),
                     .expected = kReviewColumns});
  }
  const size_t width = tab_cells(kReviewColumns).size();
  for (int64_t number = 2; std::getline(lines, line); ++number) {
    const std::string where = fmt::format("{}:{}", file.string(), number);
    if (trimmed(line).empty()) continue;
    const std::vector<std::string> cells = tab_cells(line);
    if (cells.size() != width)
      throw DataError({.where = where,
                       .what = fmt::format("has {} cells", cells.size()),
                       .expected = fmt::format("{}", width)});
    const std::string decision = trimmed(cells[5]);
    if (decision.empty()) continue;
    if (!decisions.emplace(PhraseKey{cells[0], cells[1]}, parse_decision(decision, cells[3], where))
             .second) {
      throw DataError({.where = where,
                       .what = fmt::format("'{}: {}' has a second row", cells[0], cells[1]),
                       .expected = "one row a phrase"});
    }
  }
  return decisions;
}

Decisions read_judge_answers(const std::filesystem::path& file) {
  Decisions decisions;
  for_each_json_line(
      file,
      "an answer such as {\"family\": \"colour\", \"phrase\": \"jet black\", \"decision\": \"map "
      "to black\"}",
      [&](const nlohmann::ordered_json& line, const std::string& where) {
        const auto family = line.at("family").get<std::string>(),
                   phrase = normalise_phrase(line.at("phrase").get<std::string>());
        Decision decision = parse_decision(line.at("decision").get<std::string>(), "", where);
        if (!decisions.emplace(PhraseKey{family, phrase}, std::move(decision)).second) {
          throw DataError({.where = where,
                           .what = fmt::format("'{}: {}' has a second answer", family, phrase),
                           .expected = "one a phrase"});
        }
      });
  return decisions;
}

std::string review_text(const std::vector<ReviewRow>& rows) {
  std::string text = std::string(kReviewColumns) + "\n";
  for (const ReviewRow& row : rows) {
    text += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\n", row.key.first, row.key.second, row.count,
                        row.proposal, row.evidence, row.decision, row.judge);
  }
  return text;
}

std::optional<std::string> resolve(const std::string& family, const std::string& phrase,
                                   const std::map<PhraseKey, std::string>& proposals,
                                   const Decisions& decisions) {
  std::string current = phrase;
  for (std::set<std::string> seen; seen.insert(current).second;) {
    const auto decision = decisions.find({family, current});
    if (decision != decisions.end() && decision->second.kind == Decision::Kind::kReject)
      return std::nullopt;
    const auto proposal = proposals.find({family, current});
    if (decision != decisions.end() && !decision->second.target.empty()) {
      // What somebody decided on is a value, whatever the merging proposes for it.
      const std::string& target = decision->second.target;
      if (target == current || !decisions.contains({family, target})) return target;
      current = target;
      continue;
    }
    const std::string& next = proposal == proposals.end() ? current : proposal->second;
    if (next == current) return current;
    current = next;
  }
  throw DataError(
      {.where = "curate/review.tsv",
       .what = fmt::format("the decisions on '{}: {}' go round in a circle through '{}'", family,
                           phrase, current),
       .expected = "an end",
       .todo = "map one of them to itself"});
}

}  // namespace twinset::pinlanding
