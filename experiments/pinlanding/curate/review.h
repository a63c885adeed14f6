// What a person or a model decided of phrases: a sheet that is edited by hand and read back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace twinset::pinlanding {

/// A decision on a phrase of a family.
struct Decision {
  enum class Kind { kAccept, kReject, kMap };
  Kind kind = Kind::kAccept;
  std::string target;  ///< kMap: the value; kAccept: what was proposed when it was accepted
};

using PhraseKey = std::pair<std::string, std::string>;  ///< family, phrase
using Decisions = std::map<PhraseKey, Decision>;

/// A row of the sheet.
struct ReviewRow {
  PhraseKey key;
  int64_t count = 0;     ///< products
  std::string proposal;  ///< value that the merging gives; itself if it is one
  std::string evidence;  ///< why, such as "context 0.87"
  std::string decision;  ///< as written: "", "accept", "reject", "map to X"
  std::string judge;     ///< a model's decision, likewise
};

/// Reads a sheet of tab-separated columns family, phrase, count, proposal, evidence, decision,
/// judge, with a header; rows without decision are passed over. A file that is not there has no
/// decisions.
/// @throws DataError with file and line: another header or width, a decision that is none of the
/// three, a phrase twice
Decisions read_review(const std::filesystem::path& file);

/// Reads a judge model's answers: JSON lines {"family": "colour", "phrase": "jet black",
/// "decision": "map to black"}.
/// @throws DataError with file and line
Decisions read_judge_answers(const std::filesystem::path& file);

/// The sheet's text.
std::string review_text(const std::vector<ReviewRow>& rows);

/// "accept", "reject" or "map to X" as it is written in the sheet.
std::string decision_text(const Decision& decision);

/// The value of a phrase: follows decisions, and where there is none the proposals, to the end;
/// nullopt: rejected on the way.
/// @param proposals  phrase to value, itself for a value; a phrase that is none of its keys is a
/// value
/// @throws DataError for decisions that go round in a circle
std::optional<std::string> resolve(const std::string& family, const std::string& phrase,
                                   const std::map<PhraseKey, std::string>& proposals,
                                   const Decisions& decisions);

}  // namespace twinset::pinlanding
