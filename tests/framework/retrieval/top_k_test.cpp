#include "framework/retrieval/top_k.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "framework/core/random.h"

namespace twinset {
namespace {

using ::testing::ElementsAre;

std::vector<int64_t> documents_of(TopK& top) {
  std::vector<int64_t> documents;
  for (const ScoredDocument& entry : top.finish()) documents.push_back(entry.document);
  return documents;
}

TEST(TopK, IsTheFrontOfAStableSort) {
  for (const int64_t k : {1, 3, 64, 200, 2000}) {
    CounterRandom random({.seed = 1, .purpose = "scores"});
    std::vector<float> scores;
    for (int i = 0; i < 1000; ++i)
      scores.push_back(static_cast<float>(random.below(50)));  // many are equal
    std::vector<int64_t> expected(scores.size());
    for (size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<int64_t>(i);
    std::stable_sort(expected.begin(), expected.end(), [&](int64_t a, int64_t b) {
      return scores[static_cast<size_t>(a)] > scores[static_cast<size_t>(b)];
    });
    expected.resize(std::min<size_t>(expected.size(), static_cast<size_t>(k)));
    TopK top(k);
    for (size_t i = 0; i < scores.size(); ++i) top.push(scores[i], static_cast<int64_t>(i));
    EXPECT_EQ(documents_of(top), expected) << k;
  }
}

TEST(TopK, AnEqualScoreComesTooLate) {
  TopK top(1);
  for (int64_t i = 0; i < 500; ++i) top.push(1.0F, i);
  EXPECT_THAT(documents_of(top), ElementsAre(0));
}

TEST(TopK, LeavesOutWhatIsNoNumber) {
  TopK top(3);
  top.push(NAN, 0);
  top.push(-INFINITY, 1);
  top.push(-1.0F, 2);
  EXPECT_THAT(documents_of(top), ElementsAre(2));
}

}  // namespace
}  // namespace twinset
