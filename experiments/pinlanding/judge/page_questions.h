// A language model's judgement of collections, product by product.
#pragma once

#include <filesystem>
#include <vector>

#include "eval/judged/collection.h"
#include "experiments/pinlanding/chat/chat_questions.h"
#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// Asks of each system's first k products under a title whether they satisfy it. The model is not
/// told the system, and what both show under one title is asked once: {title} and {attributes} (of
/// the collection, a line each), {product} (the product's title) stand in the prompt, its picture
/// goes along if send_image is set; the answer is {"satisfied": true}, or a probability, or null
/// for "can't tell".
/// @return judge/answers.jsonl, lines as read_judge_file reads them, for those that were answered
/// @throws what ask_chat_questions throws; DataError for a product that the catalogue does not have
std::filesystem::path ask_satisfied(const ChatQuestionsOptions& options,
                                    const std::vector<CollectionSystem>& systems, size_t k,
                                    const StageContext& context);

}  // namespace twinset::pinlanding
