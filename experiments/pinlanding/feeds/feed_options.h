#pragma once

#include <string>

#include "framework/core/options.h"

namespace twinset::pinlanding {

/// At most so many products of one value of a family in a feed.
struct DiversityOptions {
  std::string family;
  int64_t at_most = 3;
  int64_t pool = 5;

  template <class V>
  void visit(V&& v) {
    v("family", family, Field{.help = "such as brand; empty: no diversity"});
    v("at_most", at_most,
      Field{.help = "of one value, while others are left", .unit = "products", .min = 1});
    v("pool", pool,
      Field{
          .help = "times k: how many of the best products are chosen from", .min = 1, .max = 1000});
  }
};

/// The stage feeds. The paper says that a feed's score sums over shared attributes, weighted by
/// confidence; all else is a choice.
struct FeedsOptions {
  int64_t k = 10;
  int64_t min_products = 1;
  double min_mean_score = 0;
  std::string method = "attributes";
  std::string match = "strict";
  int64_t min_overlap = 2;
  std::string rule = "sum";
  std::string weight = "none";
  double weight_power = 0.5;
  DiversityOptions diversity;
  Node index = Node(Node::Map{{"name", Node("exact")}});
  int num_threads = 0;

  template <class V>
  void visit(V&& v) {
    v("k", k, Field{.help = "of a feed", .unit = "products", .min = 1, .max = 100000});
    v("min_products", min_products,
      Field{.help = "a topic with fewer has no collection", .unit = "products", .min = 1});
    v("min_mean_score", min_mean_score,
      Field{.help = "a topic whose feed scores less has no collection; with rule=product the mean "
                    "score is the precision that the confidences expect",
            .min = 0});
    v("method", method,
      Field{.help = "by shared attributes, or by embeddings: nearest products of the mean of the "
                    "topic's attributes",
            .choices = {"attributes", "embeddings"}});
    v("match", match,
      Field{.help = "strict: a product has all attributes of the topic; soft: at least min_overlap",
            .choices = {"strict", "soft"}});
    v("min_overlap", min_overlap,
      Field{.help = "shared attributes that a product needs, if match is soft", .min = 1});
    v("rule", rule,
      Field{.help = "how confidences become a score; product and min want match=strict",
            .choices = {"sum", "product", "min"}});
    v("weight", weight,
      Field{
          .help = "of an attribute on n of N products: 1, log(N/n), or (median n / n)^weight_power",
          .choices = {"none", "idf", "inverse_frequency"}});
    v("weight_power", weight_power, Field{.help = "of inverse_frequency", .min = 0});
    v("diversity", diversity, Field{.help = "the best products, but not all alike"});
    v("index", index, Field{.help = "an index of the group index; for method=embeddings"});
    v("num_threads", num_threads, Field{.help = "0 for one a core", .min = 0, .max = 1024});
  }
};

}  // namespace twinset::pinlanding
