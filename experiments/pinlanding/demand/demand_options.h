#pragma once

#include <optional>
#include <string>

#include "experiments/pinlanding/demand/normalise_query.h"

namespace twinset::pinlanding {

/// Options of the stage `demand`.
struct DemandOptions {
  Node log;
  NormaliseOptions normalise;
  std::string attributes = "log";
  std::optional<std::string> vocabulary;
  std::optional<std::string> collections;
  std::optional<std::string> autocomplete;
  double autocomplete_weight = 1;
  std::optional<std::string> filters;
  double filter_weight = 1;
  int64_t min_searches = 1;
  double head_share = 0.5;
  double torso_share = 0.8;
  int64_t thin_results = 10;
  double thin_click_rate = 0.1;
  int64_t failing_searches = 3;

  template <class V>
  void visit(V&& v) {
    v("log", log,
      Field{.help = "the search log, by its kind, with options: "
                    "search_log=json_lines|simulated|table|ubi|wardrobe"});
    v("normalise", normalise, Field{});
    v("attributes", attributes,
      Field{
          .help =
              "what a query asks for; log: what the log says, else the values that it has "
              "elsewhere, found in the words; vocabulary: that file's phrases, found in the words",
          .choices = {"log", "vocabulary", "none"}});
    v("vocabulary", vocabulary,
      Field{.help = "table with the columns family, phrase, value; null: none"});
    v("collections", collections,
      Field{.help = "collections that exist, as twinset judge reads them; null: none"});
    v("autocomplete", autocomplete,
      Field{.help =
                "table with the columns query, count: suggestions that were taken; null: none"});
    v("autocomplete_weight", autocomplete_weight,
      Field{.help = "a suggestion counts as so many searches", .unit = "searches", .min = 0});
    v("filters", filters,
      Field{.help = "table with the columns family, value, count, query: filters that were set, "
                    "after a query or (empty) without; null: none"});
    v("filter_weight", filter_weight,
      Field{.help = "a filter counts as so many searches for its value and the query",
            .unit = "searches",
            .min = 0});
    v("min_searches", min_searches,
      Field{.help = "rarer queries are left out", .unit = "searches", .min = 1});
    v("head_share", head_share,
      Field{.help = "share of all searches that the most frequent queries make: the head",
            .min = 0,
            .max = 1});
    v("torso_share", torso_share,
      Field{.help = "share up to which the torso goes; the rest is the tail", .min = 0, .max = 1});
    v("thin_results", thin_results,
      Field{.help = "a query of head or torso with fewer results is a thin spot",
            .unit = "products",
            .min = 0});
    v("thin_click_rate", thin_click_rate,
      Field{.help = "a query of head or torso with fewer clicks a search is a thin spot",
            .unit = "clicks",
            .min = 0});
    v("failing_searches", failing_searches,
      Field{.help = "a query fails if it found nothing, or was made so often without a click",
            .unit = "searches",
            .min = 1});
  }
};

}  // namespace twinset::pinlanding
