// The tiled losses against the plain libtorch path of the same loss, which other tests hold against
// naive loops.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "framework/kernels/tile_loops.h"
#include "tests/framework/losses/tiled_cases.h"

namespace twinset {
namespace {

using namespace tiled_cases;
using testing::unit_rows;

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
          SCOPED_TRACE(fmt::format("{}, {}, {}, {}{}", loss.name, c.name, toString(type), name,
                                   c.corrects_positives ? "" : ", positives not corrected"));
          const TileLoopsScope scope(name);
          expect_close(evaluate(loss.make, "tiled", queries, candidates, type), expected,
                       loss.temperature, c.rows, type);
        }
      }
    }
  }
  at::set_num_threads(threads);
}

TEST(TiledLosses, AreTheSameForAnyNumberOfThreads) {
  const Case c{"", 500, 700, 48, 0.03, 0.03};
  const int threads = at::get_num_threads();
  for (const NamedLoss& loss : losses()) {
    const auto run = [&](int count) {
      at::set_num_threads(count);
      return evaluate(loss.make, "tiled", unit_rows(c.rows, c.dim, 1), make_candidates(c, 2),
                      at::kFloat);
    };
    const Outcome one = run(1), three = run(3);
    EXPECT_EQ(one.value, three.value) << loss.name;
    for (size_t i = 0; i < one.gradients.size(); ++i)
      EXPECT_TRUE(at::equal(one.gradients[i], three.gradients[i])) << loss.name << " " << i;
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
    EXPECT_STREQ(error.what(),
                 "loss: kernel=tiled with Double queries and Double documents on cpu, expected "
                 "both float32 or both bfloat16, on one CPU or "
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
      EXPECT_STREQ(error.what(),
                   "info_nce: the target of row 1 is column 2, expected one of the row's "
                   "positives, or -1 for none");
    }
  }
}

}  // namespace
}  // namespace twinset
