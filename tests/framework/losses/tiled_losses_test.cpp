// The tiled losses against the plain libtorch path of the same loss, which other tests hold against naive loops.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "framework/core/error.h"
#include "framework/kernels/cuda_library.h"
#include "framework/kernels/tile_loops.h"
#include "framework/losses/info_nce.h"
#include "framework/losses/sigmoid.h"
#include "framework/losses/sup_con.h"
#include "tests/testing/random_candidates.h"

namespace twinset {
namespace {

using testing::random_candidates;
using testing::unit_rows;

constexpr double kUpstream = 3.0;

struct Case {
  std::string name;
  int64_t rows, columns, dim;
  double positive_share, excluded_share;
  bool has_log_q = false, corrects_positives = true;
};

std::vector<Case> cases() {
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

Outcome evaluate(const MakeLoss& make, const std::string& kernel, const at::Tensor& queries, Candidates candidates, at::ScalarType type) {
  const auto loss = make(kernel);
  const at::Tensor leaf = queries.to(type, false, true).set_requires_grad(true);
  candidates.embeddings = candidates.embeddings.to(type, false, true).set_requires_grad(true);
  const LossResult result = loss->forward(leaf, candidates);
  result.value.mul(kUpstream).backward();
  Outcome outcome{result.value.item<double>(), {leaf.grad(), candidates.embeddings.grad()}, result.statistics};
  for (const auto& [name, parameter] : loss->parameters()) outcome.gradients.push_back(parameter.grad());
  return outcome;
}

Candidates make_candidates(const Case& c, uint64_t seed) {
  Candidates candidates = random_candidates(c.rows, c.columns, c.dim, c.positive_share, c.excluded_share, seed);
  candidates.corrects_positives = c.corrects_positives;
  if (c.has_log_q) candidates.log_q = unit_rows(1, c.columns, seed + 1).squeeze(0).mul(5.0).sub(3.0).to(at::kFloat);
  return candidates;
}

void expect_close(const Outcome& actual, const Outcome& expected, double temperature, int64_t rows, at::ScalarType type) {
  EXPECT_NEAR(actual.value, expected.value, 2e-6 * std::max(1.0, std::abs(expected.value)));
  ASSERT_EQ(actual.gradients.size(), expected.gradients.size());
  for (size_t i = 0; i < expected.gradients.size(); ++i) {
    ASSERT_TRUE(actual.gradients[i].defined()) << i;
    const bool is_parameter = i >= 2;
    const at::Tensor wanted = expected.gradients[i].to(at::kDouble);
    // Terms of size upstream / temperature / rows may cancel; the gradient of embeddings is rounded to their type.
    const double terms = 0.3 * kUpstream / temperature / (is_parameter ? 1.0 : static_cast<double>(rows));
    const double tolerance = is_parameter ? 1e-4 : type == at::kBFloat16 ? 1.0 / 200 : 2e-5;
    EXPECT_LE((actual.gradients[i].to(at::kDouble) - wanted).abs().max().item<double>(), tolerance * std::max(terms, wanted.abs().max().item<double>()))
        << "gradient " << i;
  }
  ASSERT_EQ(actual.statistics.size(), expected.statistics.size());
  for (size_t i = 0; i < actual.statistics.size(); ++i) {
    EXPECT_EQ(actual.statistics[i].first, expected.statistics[i].first);
    EXPECT_NEAR(actual.statistics[i].second, expected.statistics[i].second, 1e-9) << actual.statistics[i].first;
  }
}

struct NamedLoss {
  std::string name;
  double temperature;
  bool has_bfloat16;
  MakeLoss make;
};

std::vector<NamedLoss> losses() {
  std::vector<NamedLoss> result;
  for (const double w : {0.0, 0.3, 1.0}) {
    for (const double temperature : {0.07, 0.01}) {
      result.push_back({fmt::format("info_nce {} {}", w, temperature), temperature, w == 0.3 && temperature == 0.07, [=](const std::string& kernel) {
                          return make_info_nce({.temperature = {.initial = temperature}, .document_weight = w, .kernel = kernel});
                        }});
      result.push_back({fmt::format("sup_con {} {}", w, temperature), temperature, w == 0.3 && temperature == 0.07, [=](const std::string& kernel) {
                          return make_sup_con({.temperature = {.initial = temperature}, .document_weight = w, .kernel = kernel});
                        }});
    }
  }
  for (const double bias : {-10.0, 0.5, 30.0}) {
    result.push_back({fmt::format("sigmoid {}", bias), 0.05, bias == 0.5, [=](const std::string& kernel) {
                        return make_sigmoid({.temperature = {.initial = 0.05}, .bias = bias, .kernel = kernel});
                      }});
  }
  return result;
}

// Sets the inner loops for a scope.
struct TileLoopsScope {
  explicit TileLoopsScope(std::string_view name) { choose_tile_loops(name); }
  ~TileLoopsScope() { choose_tile_loops(""); }
};

TEST(TiledLosses, MatchTheDensePathInFloat64) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);  // small matrices; the next test has threads
  for (const NamedLoss& loss : losses()) {
    for (const Case& c : cases()) {
      for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
        if (type == at::kBFloat16 && !loss.has_bfloat16) continue;
        // Both read the same rounded numbers.
        Candidates candidates = make_candidates(c, 21);
        const at::Tensor queries = unit_rows(c.rows, c.dim, 20).to(type).to(at::kDouble);
        candidates.embeddings = candidates.embeddings.to(type).to(at::kDouble);
        const Outcome expected = evaluate(loss.make, "dense", queries, candidates, at::kDouble);
        for (const std::string_view name : available_tile_loops()) {
          SCOPED_TRACE(fmt::format("{}, {}, {}, {}{}", loss.name, c.name, toString(type), name, c.corrects_positives ? "" : ", positives not corrected"));
          const TileLoopsScope scope(name);
          expect_close(evaluate(loss.make, "tiled", queries, candidates, type), expected, loss.temperature, c.rows, type);
        }
      }
    }
  }
  at::set_num_threads(threads);
}

TEST(TiledLosses, OnTheGpuMatchTheDensePathInFloat64) {
  if (!load_cuda()) GTEST_SKIP() << "no GPU";
  for (const NamedLoss& loss : losses()) {
    if (loss.temperature < 0.05) continue;  // products rounded to tf32, times 100
    for (const Case& c : cases()) {
      for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
        SCOPED_TRACE(fmt::format("{}, {}, {}", loss.name, c.name, toString(type)));
        Candidates candidates = make_candidates(c, 21);
        const at::Tensor queries = unit_rows(c.rows, c.dim, 20).to(at::kBFloat16).to(at::kDouble);  // exact in tf32 as well
        candidates.embeddings = candidates.embeddings.to(at::kBFloat16).to(at::kDouble);
        const Outcome expected = evaluate(loss.make, "dense", queries, candidates, at::kDouble);
        Candidates on_gpu = candidates;
        on_gpu.embeddings = candidates.embeddings.to(at::kCUDA);
        const MakeLoss make = [&](const std::string& kernel) {
          auto made = loss.make(kernel);
          made->to_device("cuda");
          return made;
        };
        Outcome actual = evaluate(make, "tiled", queries.to(at::kCUDA), on_gpu, type);
        for (at::Tensor& gradient : actual.gradients) gradient = gradient.cpu();
        expect_close(actual, expected, loss.temperature, c.rows, at::kBFloat16);  // coefficients are rounded
      }
    }
  }
}

TEST(TiledLosses, AreTheSameForAnyNumberOfThreads) {
  const Case c{"", 500, 700, 48, 0.03, 0.03};
  const int threads = at::get_num_threads();
  for (const NamedLoss& loss : losses()) {
    const auto run = [&](int count) {
      at::set_num_threads(count);
      return evaluate(loss.make, "tiled", unit_rows(c.rows, c.dim, 1), make_candidates(c, 2), at::kFloat);
    };
    const Outcome one = run(1), three = run(3);
    EXPECT_EQ(one.value, three.value) << loss.name;
    for (size_t i = 0; i < one.gradients.size(); ++i) EXPECT_TRUE(at::equal(one.gradients[i], three.gradients[i])) << loss.name << " " << i;
  }
  at::set_num_threads(threads);
}

TEST(TiledLosses, GiveNoGradientToWhatNeedsNone) {
  const Candidates fixed = make_candidates({"", 20, 30, 8, 0.2, 0.1}, 3);
  for (const NamedLoss& loss : losses()) {
    Candidates candidates = fixed;
    candidates.embeddings = fixed.embeddings.to(at::kFloat);
    const at::Tensor queries = unit_rows(20, 8, 4).to(at::kFloat);
    const auto tiled = loss.make("tiled");
    const double value = [&] {
      const at::NoGradGuard no_grad;
      return tiled->forward(queries, candidates).value.item<double>();
    }();
    const at::Tensor leaf = queries.detach().clone().set_requires_grad(true);
    const at::Tensor with_graph = tiled->forward(leaf, candidates).value;
    EXPECT_EQ(with_graph.item<double>(), value) << loss.name;
    with_graph.backward();
    EXPECT_TRUE(leaf.grad().defined());
    EXPECT_FALSE(candidates.embeddings.grad().defined());
  }
}

TEST(TiledLosses, AreTakenFromASizeOnOrOnDemand) {
  const Candidates doubles = make_candidates({"", 20, 30, 8, 0.2, 0.1}, 3);
  const at::Tensor queries = unit_rows(20, 8, 4);
  EXPECT_FALSE(uses_tiles("auto", queries, doubles, "loss"));
  EXPECT_FALSE(uses_tiles("dense", queries, doubles, "loss"));
  try {
    uses_tiles("tiled", queries, doubles, "loss");
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_STREQ(error.what(), "loss: kernel=tiled with Double queries and Double documents on cpu, expected both float32 or both bfloat16, on one CPU or "
                               "GPU; use kernel=auto");
  }
  Candidates floats = doubles;
  floats.embeddings = doubles.embeddings.to(at::kFloat);
  EXPECT_FALSE(uses_tiles("auto", queries.to(at::kFloat), floats, "loss"));
  EXPECT_TRUE(uses_tiles("tiled", queries.to(at::kFloat), floats, "loss"));
  floats.embeddings = unit_rows(kFewestTiledPairs / 16, 8, 5).to(at::kFloat);
  const at::Tensor many = unit_rows(16, 8, 5).to(at::kFloat);
  EXPECT_TRUE(uses_tiles("auto", many, floats, "loss"));
  EXPECT_FALSE(uses_tiles("dense", many, floats, "loss"));
}

TEST(TiledLosses, RefuseATargetThatIsNoPositive) {
  Candidates candidates = testing::diagonal_candidates(3, 4, 1);
  candidates.targets[1] = 2;
  for (const std::string kernel : {"dense", "auto"}) {
    try {
      make_info_nce({.kernel = kernel})->forward(unit_rows(3, 4, 2), candidates);
      FAIL();
    } catch (const ShapeError& error) {
      EXPECT_STREQ(error.what(), "info_nce: the target of row 1 is column 2, expected one of the row's positives, or -1 for none");
    }
  }
}

}  // namespace
}  // namespace twinset
