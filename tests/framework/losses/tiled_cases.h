// What the tests of the tiled losses share: shapes, losses, and what is compared.
#pragma once

#include <ATen/TensorOperators.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "framework/losses/info_nce.h"
#include "framework/losses/sigmoid.h"
#include "framework/losses/sup_con.h"
#include "tests/testing/random_candidates.h"

namespace twinset::tiled_cases {

using testing::random_candidates;
using testing::unit_rows;

inline constexpr double kUpstream = 3.0;

struct Case {
  std::string name;
  int64_t rows, columns, dim;
  double positive_share, excluded_share;
  bool has_log_q = false, corrects_positives = true;
};

inline std::vector<Case> cases() {
  std::vector<Case> result = {
      {"one row", 1, 5, 6, 0.5, 0.2},
      {"one column", 9, 1, 3, 0.5, 0.2},
      {"one pair", 1, 1, 1, 1.0, 0.0},
      {"no positive", 5, 7, 4, 0.0, 0.3},
      {"all positive", 5, 7, 4, 1.0, 0.0},
      {"nothing but positives and excluded", 8, 9, 5, 0.5, 0.5},
      {"empty rows", 40, 50, 7, 0.01, 0.1},
      {"one panel and one more", 13, 33, 16, 0.2, 0.1},
      {"several tiles", 130, 301, 40, 0.05, 0.05},
      {"several bands", 503, 211, 33, 0.02, 0.1},
      {"wide embeddings", 217, 197, 1100, 0.05, 0.05},
      {"a few columns", 600, 3, 8, 0.4, 0.1},
  };
  for (const bool corrects : {true, false}) {
    result.push_back({"log_q", 61, 130, 24, 0.1, 0.1, true, corrects});
    result.push_back({"log_q, one positive or none", 130, 40, 8, 0.02, 0.0, true, corrects});
  }
  return result;
}

using MakeLoss = std::function<std::unique_ptr<Loss>(const std::string& kernel)>;

struct Outcome {
  double value;
  std::vector<at::Tensor> gradients;  // queries, documents, parameters
  std::vector<std::pair<std::string, double>> statistics;
};

inline Outcome evaluate(const MakeLoss& make, const std::string& kernel, const at::Tensor& queries,
                        Candidates candidates, at::ScalarType type) {
  const auto loss = make(kernel);
  const at::Tensor leaf = queries.to(type, false, true).set_requires_grad(true);
  candidates.embeddings = candidates.embeddings.to(type, false, true).set_requires_grad(true);
  const LossResult result = loss->forward(leaf, candidates);
  result.value.mul(kUpstream).backward();
  Outcome outcome{result.value.item<double>(),
                  {leaf.grad(), candidates.embeddings.grad()},
                  {result.statistics.begin(), result.statistics.end()}};
  for (const auto& [name, parameter] : loss->parameters())
    outcome.gradients.push_back(parameter.grad());
  return outcome;
}

inline Candidates make_candidates(const Case& c, uint64_t seed) {
  Candidates candidates =
      random_candidates(c.rows, c.columns, c.dim, c.positive_share, c.excluded_share, seed);
  candidates.corrects_positives = c.corrects_positives;
  if (c.has_log_q)
    candidates.log_q =
        unit_rows(1, c.columns, seed + 1).squeeze(0).mul(5.0).sub(3.0).to(at::kFloat);
  return candidates;
}

/// @param coefficient_rounding relative error of the pairs' gradients before they are multiplied
/// into those of embeddings
inline void expect_close(const Outcome& actual, const Outcome& expected, double temperature,
                         int64_t rows, at::ScalarType type, double coefficient_rounding = 0) {
  EXPECT_NEAR(actual.value, expected.value, 2e-6 * std::max(1.0, std::abs(expected.value)));
  ASSERT_EQ(actual.gradients.size(), expected.gradients.size());
  for (size_t i = 0; i < expected.gradients.size(); ++i) {
    ASSERT_TRUE(actual.gradients[i].defined()) << i;
    const bool is_parameter = i >= 2;
    const at::Tensor wanted = expected.gradients[i].to(at::kDouble);
    // Terms of size upstream / temperature / rows may cancel; the gradient of embeddings is rounded
    // to their type.
    const double terms =
        0.3 * kUpstream / temperature / (is_parameter ? 1.0 : static_cast<double>(rows));
    const double tolerance =
        is_parameter ? 1e-4 : (type == at::kBFloat16 ? 1.0 / 200 : 2e-5) + 2 * coefficient_rounding;
    EXPECT_LE((actual.gradients[i].to(at::kDouble) - wanted).abs().max().item<double>(),
              tolerance * std::max(terms, wanted.abs().max().item<double>()))
        << "gradient " << i;
  }
  ASSERT_EQ(actual.statistics.size(), expected.statistics.size());
  for (size_t i = 0; i < actual.statistics.size(); ++i) {
    EXPECT_EQ(actual.statistics[i].first, expected.statistics[i].first);
    EXPECT_NEAR(actual.statistics[i].second, expected.statistics[i].second, 1e-9)
        << actual.statistics[i].first;
  }
}

struct NamedLoss {
  std::string name;
  double temperature;
  bool has_bfloat16;
  MakeLoss make;
};

inline std::vector<NamedLoss> losses() {
  std::vector<NamedLoss> result;
  for (const double w : {0.0, 0.3, 1.0}) {
    for (const double temperature : {0.07, 0.01}) {
      result.push_back({fmt::format("info_nce {} {}", w, temperature), temperature,
                        w == 0.3 && temperature == 0.07, [=](const std::string& kernel) {
                          return make_info_nce({.temperature = {.initial = temperature},
                                                .document_weight = w,
                                                .kernel = kernel});
                        }});
      result.push_back({fmt::format("sup_con {} {}", w, temperature), temperature,
                        w == 0.3 && temperature == 0.07, [=](const std::string& kernel) {
                          return make_sup_con({.temperature = {.initial = temperature},
                                               .document_weight = w,
                                               .kernel = kernel});
                        }});
    }
  }
  for (const double bias : {-10.0, 0.5, 30.0}) {
    result.push_back(
        {fmt::format("sigmoid {}", bias), 0.05, bias == 0.5, [=](const std::string& kernel) {
           return make_sigmoid({.temperature = {.initial = 0.05}, .bias = bias, .kernel = kernel});
         }});
  }
  return result;
}

}  // namespace twinset::tiled_cases
