#include "experiments/pinlanding/curate/merge_quality.h"

#include <map>
#include <tuple>

namespace twinset::pinlanding {
namespace {

int64_t pairs(int64_t count) { return count * (count - 1) / 2; }

}  // namespace

MergeQuality merge_quality(const std::vector<JudgedForm>& forms) {
  // Pairs are counted by the sizes of the cells of truth x given.
  std::map<std::pair<std::string, std::string>, int64_t> by_truth, by_given;
  std::map<std::tuple<std::string, std::string, std::string>, int64_t> by_both;
  for (const JudgedForm& form : forms) {
    ++by_truth[{form.family, form.truth}];
    if (form.given.empty()) continue;
    ++by_given[{form.family, form.given}];
    ++by_both[{form.family, form.truth, form.given}];
  }
  MergeQuality quality;
  int64_t same_truth = 0, same_given = 0;
  for (const auto& [key, count] : by_truth) same_truth += pairs(count);
  for (const auto& [key, count] : by_given) same_given += pairs(count);
  for (const auto& [key, count] : by_both) quality.num_right += pairs(count);
  quality.num_wrong = same_given - quality.num_right;
  quality.num_missed = same_truth - quality.num_right;
  return quality;
}

}  // namespace twinset::pinlanding
