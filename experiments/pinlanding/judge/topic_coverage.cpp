#include "experiments/pinlanding/judge/topic_coverage.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

#include "experiments/pinlanding/records/topics.h"

namespace twinset::pinlanding {
namespace {

// The collections of each attribute, ascending.
using CollectionsOf = std::unordered_map<std::string, std::vector<size_t>>;

// Whether a collection asks for all of them.
bool is_answered(const std::vector<Attribute>& attributes, const CollectionsOf& collections_of) {
  std::vector<size_t> common, rest;
  for (size_t i = 0; i < attributes.size(); ++i) {
    const auto found = collections_of.find(attributes[i].phrase());
    if (found == collections_of.end()) return false;
    if (i == 0) {
      common = found->second;
      continue;
    }
    rest.clear();
    std::set_intersection(common.begin(), common.end(), found->second.begin(), found->second.end(),
                          std::back_inserter(rest));
    common.swap(rest);
  }
  return !common.empty();
}

}  // namespace

int64_t unique_topics(const std::vector<Collection>& collections, size_t n) {
  std::unordered_set<std::string> keys;
  for (size_t i = 0; i < std::min(n, collections.size()); ++i)
    keys.insert(attribute_set_key(collections[i].attributes));
  return static_cast<int64_t>(keys.size());
}

DemandCoverage demand_coverage(const std::vector<Collection>& collections,
                               const std::vector<Intent>& log) {
  std::unordered_set<std::string> whole;
  CollectionsOf collections_of;
  for (size_t i = 0; i < collections.size(); ++i) {
    whole.insert(attribute_set_key(collections[i].attributes));
    for (const Attribute& attribute : collections[i].attributes) {
      auto& list = collections_of[attribute.phrase()];
      if (list.empty() || list.back() != i) list.push_back(i);
    }
  }
  DemandCoverage coverage;
  double total = 0;
  for (const Intent& intent : log) {
    if (intent.attributes.empty()) continue;
    const auto searches = static_cast<double>(intent.searches);
    total += searches;
    if (whole.contains(attribute_set_key(intent.attributes))) coverage.exact += searches;
    if (is_answered(intent.attributes, collections_of)) coverage.answered += searches;
  }
  if (total > 0) {
    coverage.exact /= total;
    coverage.answered /= total;
  }
  return coverage;
}

size_t first_at_precision(const std::vector<double>& precision, double least) {
  double sum = 0;
  int64_t count = 0;
  size_t longest = 0;
  for (size_t i = 0; i < precision.size(); ++i) {
    if (!std::isnan(precision[i])) {
      sum += precision[i];
      ++count;
    }
    // Rounding of the sum must not decide.
    if (count > 0 && sum / static_cast<double>(count) >= least - 1e-12) longest = i + 1;
  }
  return longest;
}

}  // namespace twinset::pinlanding
