#pragma once

#include <string>
#include <vector>

#include "framework/core/options.h"

namespace twinset::pinlanding {

struct JudgeOptions {
  std::string judge = "catalog";
  std::string truth;
  Node fields;
  std::string synonyms = "none";
  std::vector<std::string> ratings;
  std::string key;
  std::string answers;
  Node model;
  Node families;
  int64_t k = 10;
  std::string split = "test";
  int64_t num_resamples = 10000;
  int64_t rating_titles = 0;
  int64_t seed = 0;

  template <class V>
  void visit(V&& v) {
    v("judge", judge,
      Field{.help =
                "truth: a truth.jsonl; catalog: the data set's own attributes; ratings: "
                "people's; answers: a judge model's, from a file; model: a language model is asked",
            .choices = {"truth", "catalog", "ratings", "answers", "model"}});
    v("truth", truth,
      Field{.help =
                "JSON lines {\"id\", \"attributes\"}, such as a rendered wardrobe's truth.jsonl"});
    v("fields", fields,
      Field{
          .help =
              "families by another name in the data set, for judge=catalog: {baseColour: colour}; "
              "others as they are"});
    v("synonyms", synonyms,
      Field{.help = "what else a true value is called: none, wardrobe, or a file of JSON lines "
                    "{\"family\", \"value\", \"synonyms\"}"});
    v("ratings", ratings, Field{.help = "files that raters exported from judge/rate/rate.html"});
    v("key", key, Field{.help = "the rating page's key.json"});
    v("answers", answers, Field{.help = "JSON lines {\"title\", \"product\", \"satisfied\"}"});
    v("model", model,
      Field{.help = "the language model, for judge=model (configs/chat/pages.yaml)"});
    v("families", families,
      Field{.help = "a map of family to the keys that belong to it, as configs/families"});
    v("k", k, Field{.help = "of precision@k", .min = 1});
    v("split", split, Field{.help = "of the training run's numbers that are shown"});
    v("num_resamples", num_resamples,
      Field{.help = "of the bootstrap intervals and the permutation test", .min = 100});
    v("rating_titles", rating_titles,
      Field{.help = "titles on a page for raters, judge/rate/rate.html; 0: no page", .min = 0});
    v("seed", seed, Field{.help = "of resampling and of the rating page", .min = 0});
  }
};

}  // namespace twinset::pinlanding
