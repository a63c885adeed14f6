// A language model's decisions on proposed merges.
#pragma once

#include <filesystem>

#include "experiments/pinlanding/chat/chat_questions.h"
#include "experiments/pinlanding/curate/curation.h"

namespace twinset::pinlanding {

/// Asks about every phrase that is to become another and that nobody has decided on: {family},
/// {phrase}, {proposal}, {evidence} and {count} (products) stand in the prompt. The answer is
/// {"decision": "merge"}, the two mean the same; "keep", the phrase is a value of its own; or
/// "reject", it is no attribute.
/// @param decided  what people have decided
/// @return curate/judge_answers.jsonl, lines as read_judge_answers reads them: accept, map to the
/// phrase itself, or reject. A phrase without a usable answer has none, and its proposal stands.
/// @throws what ask_chat_questions throws
std::filesystem::path ask_merges(const ChatQuestionsOptions& options, const Curation& curation,
                                 const Decisions& decided, const std::filesystem::path& folder);

}  // namespace twinset::pinlanding
