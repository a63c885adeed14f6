#pragma once

#include "framework/losses/cosine_loss.h"

namespace twinset {

/// Options of `proxy_anchor`.
struct ProxyAnchorOptions {
  double alpha = 32.0;
  double margin = 0.1;

  template <class V>
  void visit(V&& v) {
    v("alpha", alpha, Field{.help = "scale of the cosines", .above = 0});
    v("margin", margin,
      Field{
          .help =
              "delta: queries should be closer to their proxies, and further from others, by this",
          .min = 0});
  }
};

/// Proxy-Anchor: each document is a proxy that pulls its queries and pushes the others.
///
/// \f$ L = \frac{1}{|P^+|}\sum_{j \in P^+}\log\left(1 + \sum_{i: j \in P(i)}
/// e^{-\alpha(s_{ij}-\delta)}\right) + \frac{1}{N}\sum_j\log\left(1 + \sum_{i: j \in N(i)}
/// e^{\alpha(s_{ij}+\delta)}\right) \f$, P+ the documents that have a positive query in the batch.
///
/// Relations: `multi_similarity` in the document-to-query direction, with proxies. positive_weights
/// are not read.
/// Labels: binary and any number a query; excluded pairs are in neither sum. A document all of
/// whose pairs are excluded adds 0.
/// log_q: has no meaning, not read. Statistics: accuracy. Numerics: in the type of the queries.
/// Distributed: none.
/// Source: Kim et al. 2020, arXiv:2003.13911, eq. 4.
std::unique_ptr<Loss> make_proxy_anchor(const ProxyAnchorOptions& options);

}  // namespace twinset
