#include "experiments/pinlanding/curate/phrase_ngrams.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace twinset::pinlanding {
namespace {

const std::vector<std::string> kPhrases = {"v-neck",     "v neck", "crew neck", "crewneck",
                                           "round neck", "navy",   "navy blue", "white"};

double dot(const std::vector<float>& rows, size_t a, size_t b, size_t dim) {
  double sum = 0;
  for (size_t d = 0; d < dim; ++d)
    sum += static_cast<double>(rows[a * dim + d]) * rows[b * dim + d];
  return sum;
}

// The exact bags: n-grams by a loop over start and end, words, rarity, cosine; no hashing.
double naive_cosine(size_t a, size_t b) {
  const auto bag_of = [](std::string phrase) {
    std::map<std::string, double> bag;
    for (char& c : phrase) c = c == ' ' || c == '-' ? '^' : c;
    const std::string text = "^" + phrase + "^";
    for (size_t begin = 0; begin < text.size(); ++begin) {
      for (size_t end = begin + 2; end <= std::min(begin + 4, text.size()); ++end)
        bag[text.substr(begin, end - begin)] += 1;
    }
    for (size_t begin = 1; begin < text.size();) {
      const size_t end = text.find('^', begin);
      bag["word " + text.substr(begin, end - begin)] += 1;
      begin = end + 1;
    }
    return bag;
  };
  std::map<std::string, double> num_with;
  for (const std::string& phrase : kPhrases) {
    for (const auto& [feature, count] : bag_of(phrase)) num_with[feature] += 1;
  }
  auto first = bag_of(kPhrases[a]), second = bag_of(kPhrases[b]);
  double sum = 0, norm_a = 0, norm_b = 0;
  for (auto* bag : {&first, &second}) {
    for (auto& [feature, count] : *bag)
      count *= std::log((1.0 + kPhrases.size()) / (1.0 + num_with[feature])) + 1;
  }
  for (const auto& [feature, value] : first)
    sum += second.contains(feature) ? value * second[feature] : 0;
  for (const auto& [feature, value] : first) norm_a += value * value;
  for (const auto& [feature, value] : second) norm_b += value * value;
  return sum / std::sqrt(norm_a * norm_b);
}

TEST(HashedNgrams, MatchTheExactBagsInAWideTable) {
  HashedNgramsOptions options;
  options.dim = 1 << 20;
  const auto rows = hashed_ngrams(kPhrases, options);
  for (size_t a = 0; a < kPhrases.size(); ++a) {
    for (size_t b = 0; b < kPhrases.size(); ++b)
      EXPECT_NEAR(dot(rows, a, b, 1 << 20), naive_cosine(a, b), 1e-5)
          << kPhrases[a] << " " << kPhrases[b];
  }
}

TEST(HashedNgrams, AreUnitRowsCloseToTheExactOnes) {
  const HashedNgramsOptions options;
  const auto rows = hashed_ngrams(kPhrases, options);
  ASSERT_EQ(rows.size(), kPhrases.size() * 1024);
  for (size_t a = 0; a < kPhrases.size(); ++a) {
    EXPECT_NEAR(dot(rows, a, a, 1024), 1.0, 1e-6);
    for (size_t b = 0; b < a; ++b) EXPECT_NEAR(dot(rows, a, b, 1024), naive_cosine(a, b), 0.15);
  }
  EXPECT_EQ(rows, hashed_ngrams(kPhrases, options));
  EXPECT_NEAR(dot(rows, 0, 1, 1024), 1.0, 1e-6) << "a hyphen is a space";
  EXPECT_LT(dot(rows, 2, 4, 1024), 0.6) << "what a family shares says little";
}

}  // namespace
}  // namespace twinset::pinlanding
