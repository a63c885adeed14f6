#include "eval/baselines/bm25.h"

#include <cmath>

namespace twinset {

Bm25::Bm25(const std::vector<std::vector<std::string>>& documents, const Bm25Options& options)
    : options_(options) {
  double total_length = 0.0;
  for (size_t d = 0; d < documents.size(); ++d) {
    total_length += static_cast<double>(documents[d].size());
    for (const std::string& word : documents[d]) {
      auto& postings = postings_[word];
      if (postings.empty() || postings.back().document != d) postings.push_back({d, 0.0});
      postings.back().frequency += 1.0;
    }
  }
  const double mean_length = total_length / static_cast<double>(documents.size());
  for (const auto& document : documents) {
    norms_.push_back(options.k1 * (1 - options.b +
                                   options.b * static_cast<double>(document.size()) / mean_length));
  }
}

std::vector<double> Bm25::scores(const std::vector<std::string>& query) const {
  std::vector<double> scores(norms_.size());
  for (const std::string& word : query) {
    const auto postings = postings_.find(word);
    if (postings == postings_.end()) continue;
    const auto count = static_cast<double>(postings->second.size());
    const double idf =
        std::log(1 + (static_cast<double>(norms_.size()) - count + 0.5) / (count + 0.5));
    for (const Posting& posting : postings->second) {
      scores[posting.document] += idf * posting.frequency * (options_.k1 + 1) /
                                  (posting.frequency + norms_[posting.document]);
    }
  }
  return scores;
}

}  // namespace twinset
