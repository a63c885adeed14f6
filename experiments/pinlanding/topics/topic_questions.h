// A language model's titles and scores of topics, written as files that the stage reads.
#pragma once

#include <filesystem>
#include <vector>

#include "experiments/pinlanding/chat/chat_questions.h"
#include "experiments/pinlanding/records/topics.h"

namespace twinset::pinlanding {

/// Asks for a title of each topic: {attributes} (a line each), {title} (the template's) and
/// {support} (products) stand in the prompt; the answer is {"title": "..."}.
/// @return topics/titles.jsonl, a line {"attributes", "title"} for each that was answered
/// @throws what ask_chat_questions throws
std::filesystem::path ask_topic_titles(const ChatQuestionsOptions& options,
                                       const std::vector<Topic>& topics,
                                       const std::filesystem::path& folder);

/// Asks for scores of each title: {title} and {attributes} (a line each) stand in the prompt; the
/// answer is {"coherence": 1, "plausibility": 0.8, "phrasing": 0.9}, each from 0 to 1.
/// @return topics/scores.jsonl, a line {"title", "coherence", "plausibility", "phrasing"} for each
/// that was answered
/// @throws what ask_chat_questions throws
std::filesystem::path ask_topic_scores(const ChatQuestionsOptions& options,
                                       const std::vector<Topic>& topics,
                                       const std::filesystem::path& folder);

}  // namespace twinset::pinlanding
