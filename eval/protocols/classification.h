// Which value of an attribute family a product has, judged three ways: by its neighbours, by
// phrases, by a linear probe.
#pragma once

#include <memory>

#include "eval/subject.h"
#include "framework/core/options.h"

namespace twinset {

struct KnnOptions {
  std::string family;
  std::vector<int64_t> neighbors = {1, 5, 20};
  double temperature = 0.07;

  template <class V>
  void visit(V&& v) {
    v("family", family,
      Field{.help = "attribute family whose values are the classes; empty: each one"});
    v("neighbors", neighbors,
      Field{.help = "training products that vote", .unit = "products", .min = 1});
    v("temperature", temperature,
      Field{.help = "a vote weighs exp(similarity / temperature)", .above = 0});
  }
};

/// k nearest neighbours: the training split's products vote for the value that they have.
///
/// Rules: classes are the values that training products have; a product counts if it has one of the
/// family's values, with the first one it has as its class. Votes weigh exp(s / temperature); of
/// equal sums the class that came first in the training split.
/// - knn.FAMILY.accuracy@N: with N neighbours; knn.FAMILY.macro_accuracy@N: mean over the classes
///   that occur;
/// - knn.FAMILY.majority: what naming the most frequent training class gives: the baseline.
/// Products whose class no training product has count as errors.
/// Source: Wu et al. 2018, arXiv:1805.01978 (weights); Caron et al. 2021, arXiv:2104.14294.
std::unique_ptr<SubjectProtocol> make_knn(const KnnOptions& options);

struct ZeroShotOptions {
  std::string family;
  std::vector<int64_t> cuts = {1, 5};

  template <class V>
  void visit(V&& v) {
    v("family", family,
      Field{.help = "attribute family whose phrases are the classes; empty: each one"});
    v("cuts", cuts, Field{.help = "K of accuracy@K", .min = 1});
  }
};

/// Zero-shot classification: the phrase "family: value" nearest to the product names its class.
///
/// Rules: as `knn`, with the vocabulary's phrases of the family as classes.
/// - zero_shot.FAMILY.accuracy@K: the class is among the first K phrases;
///   zero_shot.FAMILY.macro_accuracy@K; .majority.
/// Source: Radford et al. 2021, arXiv:2103.00020.
std::unique_ptr<SubjectProtocol> make_zero_shot(const ZeroShotOptions& options);

struct LinearProbeOptions {
  std::string family;
  std::vector<double> penalties = {1e-4, 1e-2, 1.0, 100.0};

  template <class V>
  void visit(V&& v) {
    v("family", family,
      Field{.help = "attribute family whose values are the classes; empty: each one"});
    v("penalties", penalties,
      Field{.help = "L2 penalties that are tried; validation accuracy chooses", .above = 0});
  }
};

/// Linear probe: multinomial logistic regression on the frozen embeddings of the training split.
///
/// Rules: as `knn`. The penalty is the one with the best accuracy on the val split, of equals the
/// larger one; weights come from the training split alone. - linear_probe.FAMILY.accuracy@1,
/// .macro_accuracy@1, .majority, .penalty.
/// Source: Radford et al. 2021, arXiv:2103.00020, section 3.2.
std::unique_ptr<SubjectProtocol> make_linear_probe(const LinearProbeOptions& options);

}  // namespace twinset
