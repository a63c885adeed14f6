#include "experiments/pinlanding/demand/demand_intents.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

namespace twinset::pinlanding {
namespace {

using AttributeSet = std::set<std::pair<std::string, std::string>>;

AttributeSet set_of(const std::vector<Attribute>& attributes) {
  AttributeSet set;
  for (const Attribute& attribute : attributes) set.insert({attribute.key, attribute.value});
  return set;
}

void set_bands(std::vector<DemandIntent>& intents, const DemandOptions& options,
               double num_searches) {
  double before = 0;
  for (DemandIntent& intent : intents) {
    const double share_before = before / num_searches;
    intent.band = share_before < options.head_share    ? "head"
                  : share_before < options.torso_share ? "torso"
                                                       : "tail";
    intent.share = static_cast<double>(intent.searches) / num_searches;
    before += static_cast<double>(intent.searches);
  }
}

}  // namespace

int64_t DemandIntent::num_clicks() const {
  return std::accumulate(clicks.begin(), clicks.end(), int64_t{0},
                         [](int64_t sum, const auto& entry) { return sum + entry.second; });
}

void IntentGatherer::add(const LoggedSearch& search, const std::string& where) {
  const std::string query = normalise_query(search.query, options_.normalise, where);
  if (query.empty()) {
    ++num_blank_;
    return;
  }
  for (const Attribute& attribute : search.attributes)
    log_values_.add(attribute.value, attribute, where);
  if (search.searches <= 0) return;
  Group& group = groups_[intent_key(query, options_.normalise)];
  group.forms[query] += search.searches;
  group.searches += search.searches;
  num_searches_ += search.searches;
  if (search.results)
    group.results = group.results ? std::min(*group.results, *search.results) : *search.results;
  for (const auto& [product, count] : search.clicks) group.clicks[product] += count;
  has_clicks_ = has_clicks_ || !search.clicks.empty();
  if (!search.attributes.empty() && search.searches > group.attribute_searches) {
    group.attributes = search.attributes;
    group.attribute_searches = search.searches;
  }
}

std::vector<DemandIntent> IntentGatherer::intents(
    const PhraseMatcher* vocabulary, const std::vector<Collection>& collections) const {
  std::set<std::string> titles;
  std::set<AttributeSet> asked;
  for (const Collection& collection : collections) {
    titles.insert(intent_key(normalise_query(collection.title, options_.normalise,
                                             "collection '" + collection.title + "'"),
                             options_.normalise));
    if (!collection.attributes.empty()) asked.insert(set_of(collection.attributes));
  }
  std::vector<DemandIntent> intents;
  for (const auto& [key, group] : groups_) {
    if (group.searches < static_cast<double>(options_.min_searches)) continue;
    DemandIntent intent;
    // Of forms that are searched as often, the first by the alphabet.
    intent.query =
        std::max_element(group.forms.begin(), group.forms.end(), [](const auto& a, const auto& b) {
          return a.second < b.second;
        })->first;
    intent.searches = std::max<int64_t>(1, std::llround(group.searches));
    intent.results = group.results;
    intent.clicks = group.clicks;
    if (options_.attributes == "vocabulary") intent.attributes = vocabulary->match(intent.query);
    if (options_.attributes == "log")
      intent.attributes =
          group.attributes.empty() ? log_values_.match(intent.query) : group.attributes;
    intent.is_covered = titles.contains(key) ||
                        (!intent.attributes.empty() && asked.contains(set_of(intent.attributes)));
    intents.push_back(std::move(intent));
  }
  std::sort(intents.begin(), intents.end(), [](const auto& a, const auto& b) {
    return std::tie(b.searches, a.query) < std::tie(a.searches, b.query);
  });
  set_bands(intents, options_, num_searches_);
  for (DemandIntent& intent : intents) {
    const auto clicks = static_cast<double>(intent.num_clicks());
    const bool is_empty = intent.results && *intent.results == 0;
    intent.is_failing =
        is_empty || (has_clicks_ && clicks == 0 && intent.searches >= options_.failing_searches);
    const bool finds_little = intent.results && *intent.results < options_.thin_results;
    const bool is_rarely_clicked =
        has_clicks_ && clicks < options_.thin_click_rate * static_cast<double>(intent.searches);
    intent.is_thin = intent.band != "tail" && (finds_little || is_rarely_clicked);
  }
  return intents;
}

}  // namespace twinset::pinlanding
