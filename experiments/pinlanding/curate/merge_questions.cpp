#include "experiments/pinlanding/curate/merge_questions.h"

#include <fmt/format.h>

#include "framework/core/atomic_file.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

// A model's word to that of curate/review.tsv; "keep" is followed by the phrase itself.
const std::map<std::string, std::string> kSheetDecision = {
    {"merge", "accept"}, {"keep", "map to "}, {"reject", "reject"}};

std::string problem_of_decision(const Json& answer) {
  if (!answer.contains("decision") || !answer["decision"].is_string())
    return "the answer has no 'decision'";
  const auto decision = answer["decision"].get<std::string>();
  return kSheetDecision.contains(decision)
             ? ""
             : fmt::format("the decision is '{}', expected merge, keep or reject", decision);
}

}  // namespace

std::filesystem::path ask_merges(const ChatQuestionsOptions& options, const Curation& curation,
                                 const Decisions& decided, const std::filesystem::path& folder) {
  std::vector<ChatQuestion> questions;
  for (const Proposal& proposal : curation.proposals) {
    if (proposal.value == proposal.key.second || decided.contains(proposal.key)) continue;
    questions.push_back({{{"family", proposal.key.first},
                          {"phrase", proposal.key.second},
                          {"proposal", proposal.value},
                          {"evidence", fmt::format("{} {:.2f}", evidence_name(proposal.evidence),
                                                   proposal.strength)},
                          {"count", std::to_string(proposal.count)}}});
  }
  const auto answers = ask_chat_questions(
      options, questions, {"curate.judge_model", folder, "judge"}, problem_of_decision);
  std::string lines;
  for (size_t i = 0; i < questions.size(); ++i) {
    if (!answers[i]) continue;
    const auto decision = (*answers[i])["decision"].get<std::string>();
    const std::string& phrase = questions[i].values.at("phrase");
    lines += Json{{"family", questions[i].values.at("family")},
                  {"phrase", phrase},
                  {"decision", kSheetDecision.at(decision) + (decision == "keep" ? phrase : "")}}
                 .dump() +
             "\n";
  }
  write_file(folder / "judge_answers.jsonl", lines);
  return folder / "judge_answers.jsonl";
}

}  // namespace twinset::pinlanding
