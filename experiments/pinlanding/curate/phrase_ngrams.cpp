#include "experiments/pinlanding/curate/phrase_ngrams.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "experiments/pinlanding/curate/normalise.h"
#include "experiments/pinlanding/words.h"

namespace twinset::pinlanding {
namespace {

uint64_t hash_of(const std::string& text) {
  uint64_t hash = 14695981039346656037ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  // FNV's low bits alone are not spread evenly over small tables.
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdull;
  return hash ^ hash >> 33;
}

std::string marked(const std::string& phrase) {
  std::string text = "^" + phrase + "^";
  std::replace(text.begin(), text.end(), ' ', '^');
  std::replace(text.begin(), text.end(), '-', '^');
  return text;
}

}  // namespace

std::vector<std::pair<std::string, double>> ngram_features(const std::string& phrase,
                                                           const HashedNgramsOptions& options) {
  std::map<std::string, double> counts;
  const std::string text = marked(phrase);
  for (int64_t n = options.shortest; n <= options.longest; ++n) {
    for (size_t i = 0; i + static_cast<size_t>(n) <= text.size(); ++i)
      counts[text.substr(i, static_cast<size_t>(n))] += 1;
  }
  if (options.word_weight > 0) {
    std::string spaced = text;
    std::replace(spaced.begin(), spaced.end(), '^', ' ');
    for (const std::string& word : words_of(spaced)) counts[" " + word] += options.word_weight;
  }
  return {counts.begin(), counts.end()};
}

std::vector<float> hashed_ngrams(const std::vector<std::string>& phrases,
                                 const HashedNgramsOptions& options) {
  std::vector<std::vector<std::pair<std::string, double>>> bags;
  std::unordered_map<std::string, int64_t> phrases_with;
  for (const std::string& phrase : phrases) {
    bags.push_back(ngram_features(phrase, options));
    for (const auto& [feature, count] : bags.back()) ++phrases_with[feature];
  }
  const auto dim = static_cast<size_t>(options.dim);
  std::vector<float> rows(phrases.size() * dim);
  for (size_t i = 0; i < phrases.size(); ++i) {
    std::vector<double> row(dim);
    for (const auto& [feature, count] : bags[i]) {
      const double rarity = std::log(static_cast<double>(1 + phrases.size()) /
                                     static_cast<double>(1 + phrases_with[feature])) +
                            1;
      const uint64_t hash = hash_of(feature);
      row[(hash >> 1) % dim] += (hash & 1 ? 1.0 : -1.0) * count * rarity;
    }
    double norm = 0;
    for (const double value : row) norm += value * value;
    norm = std::sqrt(norm);
    for (size_t d = 0; d < dim && norm > 0; ++d)
      rows[i * dim + d] = static_cast<float>(row[d] / norm);
  }
  return rows;
}

}  // namespace twinset::pinlanding
