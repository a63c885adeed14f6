#pragma once

#include <memory>

#include "eval/subject.h"
#include "framework/core/options.h"

namespace twinset {

struct TextToProductOptions {
  std::string query = "title";
  double image_weight = 0.9;
  double text_weight = 0.1;
  int64_t max_queries = 2000;
  int64_t sample_seed = 1;
  std::vector<int64_t> cuts = {1, 10};

  template <class V>
  void visit(V&& v) {
    v("query", query,
      Field{.help = "what is searched for: title, or an attribute family such as category"});
    v("image_weight", image_weight,
      Field{.help = "of the product's embedding in a document", .min = 0});
    v("text_weight", text_weight,
      Field{.help = "of its title's embedding; 0: titles are not embedded for documents",
            .min = 0});
    v("max_queries", max_queries,
      Field{.help = "more are sampled down to this", .unit = "queries", .min = 1});
    v("sample_seed", sample_seed, Field{.help = "of that sample", .min = 0});
    v("cuts", cuts, Field{.help = "K of hit@K, recall@K and precision@K", .min = 1});
  }
};

/// Text to product as Marqo's fashion benchmarks do it: categories, sub-categories and fine titles
/// look for products.
///
/// Rules: a query is a different value of `query` among the split's products (a title, or an
/// attribute as its phrase "family: value"); at most `max_queries`, sampled without replacement;
/// relevant are all products with this value; a document is
/// \f$ normalise(w_i z_{product} + w_t z_{title}) \f$, products without title by their embedding
/// alone.
/// - precision@K, recall@K (fractional), hit@K, mrr@(largest K) as group_retrieval.h has them,
///   under text_to_product.QUERY;
/// - average_recall: the mean of recall over the cuts, Marqo's AvgRecall for cuts 1 and 10.
/// Marqo's corpus is all 201,624 items of Fashion200K; here it is one split's. The embedding of a
/// product stands for its image's: with a title tower in it, titles count twice.
/// Source: github.com/marqo-ai/marqo-FashionCLIP, LEADERBOARD.md and eval.py.
std::unique_ptr<SubjectProtocol> make_text_to_product(const TextToProductOptions& options);

}  // namespace twinset
