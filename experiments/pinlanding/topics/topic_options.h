#pragma once

#include <string>
#include <vector>

#include "experiments/pinlanding/topics/topic_title.h"

namespace twinset::pinlanding {

/// Files with what a language model, or a person, answered about topics/candidates.jsonl. Empty:
/// the embedded default.
struct TopicAnswers {
  std::string titles;
  std::string scores;

  template <class V>
  void visit(V&& v) {
    v("titles", titles,
      Field{.help = "JSON lines {\"attributes\": {...}, \"title\": \"...\"}; empty: the template's "
                    "titles"});
    v("scores", scores,
      Field{.help = "JSON lines {\"title\": \"...\", \"coherence\": 1, \"plausibility\": 0.8, "
                    "\"phrasing\": 0.9}; empty: by counting"});
  }
};

/// A number for each of the judge's questions.
struct TopicCriteria {
  double coherence = 0, plausibility = 0, phrasing = 0;

  template <class V>
  void visit(V&& v) {
    v("coherence", coherence,
      Field{.help = "do the attributes and the title belong together", .min = 0});
    v("plausibility", plausibility, Field{.help = "would somebody shop for it", .min = 0});
    v("phrasing", phrasing, Field{.help = "is it how people search", .min = 0});
  }
};

/// The stage topics. Sizes 3 to 4 and a category are the paper's; every number else is this
/// project's choice, to be swept.
struct TopicsOptions {
  std::vector<std::string> category_families = {"category"};
  std::vector<std::string> multi_valued = {"season", "material", "detail", "occasion"};
  std::vector<std::string> excluded;
  int64_t min_attributes = 2;
  int64_t max_attributes = 4;
  int64_t min_support = 10;
  int64_t max_sets = 1000000;
  double demand_back_off = 20;
  double half_demand = 0.5;
  double half_support = 5;
  TopicCriteria weights{1, 1, 1};
  TopicCriteria thresholds{0.3, 0.2, 0.05};
  double max_jaccard = 0.9;
  int64_t max_topics = 0;
  TopicAnswers answers;
  Node title_model;
  Node score_model;
  TitleOptions title;
  int num_threads = 0;

  template <class V>
  void visit(V&& v) {
    v("category_families", category_families,
      Field{.help = "a topic has at least one attribute of these"});
    v("multi_valued", multi_valued,
      Field{.help = "families of which a product can have several values; two of another family "
                    "contradict each other"});
    v("excluded", excluded,
      Field{.help = "attributes that say nothing to a shopper, such as \"length: regular\""});
    v("min_attributes", min_attributes, Field{.help = "of a topic", .min = 1, .max = 8});
    v("max_attributes", max_attributes, Field{.help = "of a topic", .min = 1, .max = 8});
    v("min_support", min_support,
      Field{.help = "a page with fewer looks empty", .unit = "products", .min = 1});
    v("max_sets", max_sets, Field{.help = "more frequent sets are an error", .min = 1});
    v("demand_back_off", demand_back_off,
      Field{.help =
                "pairs of attributes that were searched for less lean on the attribute's own share",
            .unit = "searches",
            .above = 0});
    v("half_demand", half_demand,
      Field{
          .help = "expected searches at which demand counts half", .unit = "searches", .above = 0});
    v("half_support", half_support,
      Field{.help = "products at which supply counts half", .unit = "products", .min = 0});
    v("weights", weights,
      Field{.help = "exponents of the geometric mean that topics are ranked by"});
    v("thresholds", thresholds, Field{.help = "topics below any are dropped"});
    v("max_jaccard", max_jaccard,
      Field{.help = "a topic whose products overlap more with a better topic's is a duplicate",
            .max = 1,
            .above = 0});
    v("max_topics", max_topics, Field{.help = "0: all", .min = 0});
    v("answers", answers, Field{.help = "files in place of the embedded defaults"});
    v("title_model", title_model,
      Field{.help = "language model that writes the titles (configs/chat/topic_titles.yaml); null: "
                    "none"});
    v("score_model", score_model,
      Field{.help = "language model that judges the topics (configs/chat/topic_scores.yaml); null: "
                    "none"});
    v("title", title, Field{.help = "the template"});
    v("num_threads", num_threads, Field{.help = "0 for one a core", .min = 0, .max = 1024});
  }
};

}  // namespace twinset::pinlanding
