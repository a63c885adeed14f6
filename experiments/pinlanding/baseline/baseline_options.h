#pragma once

#include <vector>

#include "framework/core/options.h"

namespace twinset::pinlanding {

/// The grid that the baseline is tuned on.
struct BaselineTuning {
  double held_out_share = 0.2;
  std::vector<double> mix = {0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};
  std::vector<double> k1 = {0.6, 1.2, 2};
  std::vector<double> b = {0.3, 0.75};

  template <class V>
  void visit(V&& v) {
    v("held_out_share", held_out_share,
      Field{.help = "of the clicks, to tune on", .max = 0.9, .above = 0});
    v("mix", mix,
      Field{.help = "weights of clicks against BM25 that are tried", .min = 0, .max = 1});
    v("k1", k1, Field{.help = "BM25's k1 that are tried", .min = 0});
    v("b", b, Field{.help = "BM25's b that are tried", .min = 0, .max = 1});
  }
};

struct BaselineOptions {
  int64_t k = 10;
  int64_t min_searches = 2;
  int64_t max_collections = 0;
  int64_t min_products = 1;
  BaselineTuning tuning;
  int64_t seed = 0;
  int num_threads = 0;

  template <class V>
  void visit(V&& v) {
    v("k", k, Field{.help = "of a feed", .unit = "products", .min = 1});
    v("min_searches", min_searches,
      Field{
          .help = "a query that was searched for less is no topic", .unit = "searches", .min = 1});
    v("max_collections", max_collections, Field{.help = "0: all", .min = 0});
    v("min_products", min_products,
      Field{.help = "a query with fewer has no collection", .unit = "products", .min = 1});
    v("tuning", tuning, Field{.help = "what is tried"});
    v("seed", seed, Field{.help = "of the clicks that are held out", .min = 0});
    v("num_threads", num_threads, Field{.help = "0 for one a core", .min = 0, .max = 1024});
  }
};

}  // namespace twinset::pinlanding
