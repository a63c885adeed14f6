// From logged searches to intents: what shoppers look for, how often, and whether they find it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "eval/judged/collection.h"
#include "experiments/pinlanding/demand/demand_options.h"
#include "experiments/pinlanding/demand/phrase_matcher.h"
#include "experiments/pinlanding/demand/search_log.h"

namespace twinset::pinlanding {

/// Queries that count as one.
struct DemandIntent {
  std::string query;  ///< the form that is searched most, normalised
  int64_t searches = 0;
  double share = 0;  ///< of all searches
  std::string band;  ///< "head", "torso" or "tail"
  std::vector<Attribute> attributes;
  std::optional<int64_t> results;  ///< the fewest that a search of it found
  std::map<std::string, int64_t> clicks;
  bool is_covered = false;  ///< by a collection that exists
  bool is_thin = false;     ///< asked for often, little is found or clicked
  bool is_failing = false;  ///< nothing is found or clicked

  int64_t num_clicks() const;
};

/// Gathers searches by what they have in common.
class IntentGatherer {
 public:
  explicit IntentGatherer(const DemandOptions& options)
      : options_(options), log_values_(options.normalise) {}

  /// @throws DataError for a query that is no UTF-8
  void add(const LoggedSearch& search, const std::string& where);

  /// The intents, the most searched first (of equal ones, by the query), those below min_searches
  /// left out.
  ///
  /// Bands: an intent is head if the searches of those before it are less than head_share of all,
  /// torso if less than torso_share. Covered: a collection asks for exactly its attributes, or has
  /// its query as title. Thin and failing as the options say; where the log never tells of clicks
  /// (or results), nothing is concluded from their absence.
  /// @param vocabulary  phrases that name attributes; null: the log's own values
  std::vector<DemandIntent> intents(const PhraseMatcher* vocabulary,
                                    const std::vector<Collection>& collections) const;
  double num_searches() const { return num_searches_; }
  int64_t num_blank() const { return num_blank_; }

 private:
  struct Group {
    std::map<std::string, double> forms;  ///< searches of each normalised query
    double searches = 0;
    std::optional<int64_t> results;
    std::map<std::string, int64_t> clicks;
    std::vector<Attribute> attributes;
    double attribute_searches = 0;  ///< of the line that they are from
  };

  DemandOptions options_;
  std::map<std::string, Group> groups_;
  PhraseMatcher log_values_;
  double num_searches_ = 0;
  int64_t num_blank_ = 0;
  bool has_clicks_ = false;
};

}  // namespace twinset::pinlanding
