#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "framework/core/options.h"

namespace twinset {

struct Bm25Options {
  double k1 = 1.2;
  double b = 0.75;

  template <class V>
  void visit(V&& v) {
    v("k1", k1, Field{.help = "how slowly repeated words saturate", .min = 0});
    v("b", b, Field{.help = "how much long documents are discounted", .min = 0, .max = 1});
  }
};

/// Okapi BM25 over short texts, by an inverted index.
///
/// \f$ s(q,d) = \sum_{w \in q} \log(1 + \frac{n - n_w + 0.5}{n_w + 0.5})
/// \frac{f_{wd}(k_1+1)}{f_{wd} + k_1(1 - b + b|d|/\bar{d})} \f$
///
/// Source: Robertson and Zaragoza 2009, "The probabilistic relevance framework", with the
/// logarithm's 1 + as Lucene has it.
class Bm25 {
 public:
  Bm25(const std::vector<std::vector<std::string>>& documents, const Bm25Options& options);
  /// [documents]; repeated words of the query count again, unknown ones not at all.
  std::vector<double> scores(const std::vector<std::string>& query) const;

 private:
  struct Posting {
    size_t document;
    double frequency;
  };
  Bm25Options options_;
  std::vector<double> norms_;
  std::unordered_map<std::string, std::vector<Posting>> postings_;
};

}  // namespace twinset
