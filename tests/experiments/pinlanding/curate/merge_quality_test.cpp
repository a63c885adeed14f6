#include "experiments/pinlanding/curate/merge_quality.h"

#include <gtest/gtest.h>

#include "framework/core/random.h"

namespace twinset::pinlanding {
namespace {

TEST(MergeQuality, MatchesALoopOverPairs) {
  CounterRandom random({3, 0, 0, "pairs"});
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<JudgedForm> forms;
    for (int i = 0; i < 60; ++i) {
      forms.push_back({std::to_string(random.below(2)), std::to_string(random.below(8)),
                       random.below(6) == 0 ? "" : std::to_string(random.below(9))});
    }
    int64_t right = 0, wrong = 0, missed = 0;
    for (size_t i = 0; i < forms.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (forms[i].family != forms[j].family) continue;
        const bool is_one = forms[i].truth == forms[j].truth,
                   was_merged = !forms[i].given.empty() && forms[i].given == forms[j].given;
        right += is_one && was_merged;
        wrong += !is_one && was_merged;
        missed += is_one && !was_merged;
      }
    }
    const MergeQuality quality = merge_quality(forms);
    EXPECT_EQ(quality.num_right, right);
    EXPECT_EQ(quality.num_wrong, wrong);
    EXPECT_EQ(quality.num_missed, missed);
  }
}

TEST(MergeQuality, OfThreeFormsByHand) {
  const MergeQuality quality = merge_quality({{"c", "black", "black"},
                                              {"c", "black", "black"},
                                              {"c", "black", ""},
                                              {"c", "navy", "black"}});
  EXPECT_DOUBLE_EQ(quality.precision(), 1.0 / 3);
  EXPECT_DOUBLE_EQ(quality.recall(), 1.0 / 3);
  EXPECT_DOUBLE_EQ(merge_quality({}).precision(), 1.0);
}

}  // namespace
}  // namespace twinset::pinlanding
