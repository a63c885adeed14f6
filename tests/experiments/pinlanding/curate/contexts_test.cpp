#include "experiments/pinlanding/curate/contexts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "experiments/pinlanding/curate/normalise.h"
#include "experiments/pinlanding/words.h"
#include "framework/core/random.h"

namespace twinset::pinlanding {
namespace {

struct Example {
  std::vector<std::string> titles;
  std::vector<std::vector<int32_t>> products{
      4};  // gown and dress are one value, shirt another, and "any" tells nothing

  std::vector<const std::vector<int32_t>*> pointers() const {
    std::vector<const std::vector<int32_t>*> result;
    for (const auto& some : products) result.push_back(&some);
    return result;
  }
};

Example draw(uint64_t seed) {
  CounterRandom random({seed, 0, 0, "contexts"});
  Example example;
  for (int32_t i = 0; i < 600; ++i) {
    const size_t phrase = random.below(4);
    const bool is_dress = phrase == 3 ? random.bernoulli(.6) : phrase < 2;
    std::string title = random.bernoulli(.5) ? "new " : "";
    if (random.bernoulli(.7)) title += is_dress ? "evening " : "office ";
    if (random.bernoulli(.3)) title += is_dress ? "frock" : "blouse";
    example.titles.push_back(title);
    example.products[phrase].push_back(i);
  }
  return example;
}

// The formulas of the header, with sets of strings and loops over all words.
struct Naive {
  std::vector<std::set<std::string>> words;
  std::set<std::string> vocabulary;
  std::map<std::string, double> rate;

  explicit Naive(const Example& example) {
    for (const std::string& title : example.titles) {
      const auto list = words_of(normalise_phrase(title));
      words.emplace_back(list.begin(), list.end());
      vocabulary.insert(list.begin(), list.end());
    }
    for (const std::string& word : vocabulary) {
      for (const auto& own : words)
        rate[word] += own.contains(word) ? 1.0 / static_cast<double>(words.size()) : 0;
    }
  }
  double count(const std::vector<int32_t>& products, const std::string& word) const {
    double k = 0;
    for (const int32_t p : products) k += words[static_cast<size_t>(p)].contains(word);
    return k;
  }
  double evidence(int32_t x, const std::vector<int32_t>& a, bool leave_out,
                  const ContextOptions& options) const {
    double sum = 0;
    const double n = static_cast<double>(a.size());
    for (const std::string& word : vocabulary) {
      const double q = rate.at(word), k = count(a, word);
      if (std::max(k, n * q) < 3 || std::abs(k - n * q) < options.significance * std::sqrt(n * q))
        continue;
      const double lift = (k + options.smoothing * q) / ((n + options.smoothing) * q);
      const double lift_without = (k - 1 + options.smoothing * q) / ((n + options.smoothing) * q);
      if (words[static_cast<size_t>(x)].contains(word))
        sum += std::log(leave_out ? lift_without : lift);
      sum -= (lift - 1) * q;
    }
    return sum;
  }
  double mean(const std::vector<int32_t>& b, const std::vector<int32_t>& a, bool leave_out,
              const ContextOptions& options) const {
    double sum = 0;
    for (const int32_t x : b) sum += evidence(x, a, leave_out, options);
    return sum / static_cast<double>(b.size());
  }
};

TEST(FamilyContexts, MatchNaiveLoops) {
  ContextOptions options;
  options.longest_phrase = 1;
  options.min_feature_count = 1;
  options.significance = 2;
  for (uint64_t seed = 0; seed < 3; ++seed) {
    const Example example = draw(seed);
    const FamilyContexts contexts(example.pointers(), TitleFeatures(example.titles, options),
                                  options);
    const Naive naive(example);
    for (int64_t a = 0; a < 3; ++a) {
      const auto& own = example.products[static_cast<size_t>(a)];
      const double denominator = naive.mean(own, own, true, options);
      EXPECT_NEAR(contexts.own_evidence(a), denominator, 1e-9);
      for (int64_t b = 0; b < 4; ++b) {
        EXPECT_NEAR(
            contexts.agreement(b, a).value,
            naive.mean(example.products[static_cast<size_t>(b)], own, false, options) / denominator,
            1e-9);
      }
    }
  }
}

TEST(FamilyContexts, WordsOfOneValueAgreeAndOthersDisagree) {
  const ContextOptions options;
  const Example example = draw(7);
  const FamilyContexts contexts(example.pointers(), TitleFeatures(example.titles, options),
                                options);
  EXPECT_TRUE(contexts.is_telling(0));
  EXPECT_NEAR(contexts.mutual_agreement(1, 0).value, 1.0, 0.35);
  EXPECT_LT(contexts.mutual_agreement(2, 0).value, 0);
  EXPECT_FALSE(contexts.is_telling(3));
  EXPECT_LE(contexts.mutual_agreement(1, 0).value, contexts.agreement(1, 0).value);
}

}  // namespace
}  // namespace twinset::pinlanding
