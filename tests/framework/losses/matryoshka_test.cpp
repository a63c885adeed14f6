#include "framework/losses/matryoshka.h"

#include <ATen/TensorOperators.h>

#include "framework/losses/builtin.h"
#include "framework/losses/sup_con.h"
#include "tests/testing/loss_checks.h"

namespace twinset {
namespace matryoshka_test {

LossRegistry registry() {
  LossRegistry result("loss");
  register_builtin_losses(result);
  return result;
}

Node named(const std::string& name) {
  Node node = Node::map();
  node.set("name", name);
  return node;
}

template <class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::unique_ptr<Loss> matryoshka(const MatryoshkaOptions& options) {
  return make_matryoshka(options, registry(), "loss");
}

at::Tensor leading(const at::Tensor& rows, int64_t dim) {
  const at::Tensor cut = rows.narrow(1, 0, dim);
  return cut / cut.square().sum(1, true).sqrt();
}

TEST(Matryoshka, IsTheWeightedSumOfItsLossOnCutEmbeddings) {
  const at::Tensor queries = testing::unit_rows(6, 8, 1);
  Candidates c = testing::random_candidates(6, 10, 8, 0.3, 0.1, 2);
  const double value =
      matryoshka({.dims = {8, 3, 5}, .weights = {1.0, 0.25, 2.0}, .loss = named("sup_con")})
          ->forward(queries, c)
          .value.item<double>();
  double expected = 0;
  const at::Tensor documents = c.embeddings;
  for (const auto& [dim, weight] :
       std::vector<std::pair<int64_t, double>>{{8, 1.0}, {3, 0.25}, {5, 2.0}}) {
    c.embeddings = leading(documents, dim);
    expected += weight * make_sup_con({})->forward(leading(queries, dim), c).value.item<double>();
  }
  EXPECT_NEAR(value, expected, 1e-12);
}

TEST(Matryoshka, OfTheWholeWidthIsItsLoss) {
  const at::Tensor queries = testing::unit_rows(6, 8, 1);
  const Candidates c = testing::random_candidates(6, 10, 8, 0.3, 0.1, 2);
  EXPECT_NEAR(
      matryoshka({.dims = {8}, .loss = named("sup_con")})->forward(queries, c).value.item<double>(),
      make_sup_con({})->forward(queries, c).value.item<double>(), 1e-12);
}

TEST(Matryoshka, HalvesTheWidthByDefault) {
  const at::Tensor queries = testing::unit_rows(6, 40, 1);
  const Candidates c = testing::random_candidates(6, 10, 40, 0.3, 0.1, 2);
  EXPECT_NEAR(matryoshka({})->forward(queries, c).value.item<double>(),
              matryoshka({.dims = {40, 20, 10}})->forward(queries, c).value.item<double>(), 1e-12);
}

TEST(Matryoshka, KeepsTheContract) {
  Node loss = named("sup_con");
  Node temperature = Node::map();
  temperature.set("initial", 0.5);
  loss.set("temperature", temperature);
  testing::expect_gradient_matches_differences(*matryoshka({.dims = {4, 2}, .loss = loss}));
  testing::expect_finite_at_extremes(*matryoshka({.dims = {3, 1}}));
  testing::expect_permutation_invariant(*matryoshka({.dims = {5, 2}}));
  testing::expect_excluded_pairs_have_no_influence(*matryoshka({.dims = {5, 2}}));
  testing::expect_shape_errors(*matryoshka({}), "matryoshka");
}

TEST(Matryoshka, TellsWhatIsWrong) {
  EXPECT_EQ(message_of([] {
              matryoshka({.dims = {8, 4}, .weights = {1.0}});
            }),
            "loss.weights: has 1 numbers for 2 dims, expected one a dimension, or none");
  EXPECT_EQ(message_of([] {
              matryoshka({.dims = {9}})
                  ->forward(testing::unit_rows(3, 8, 1), testing::diagonal_candidates(3, 8, 2));
            }),
            "matryoshka.dims: 9 is above the width of the embeddings, 8, expected at most 8; lower "
            "it, or raise embedding_dim");
  Node node = named("matryoshka");
  node.set("loss", named("supcon"));
  EXPECT_NE(
      message_of([&] { registry().check(node); }).find("loss.loss.name: unknown loss 'supcon'"),
      std::string::npos);
}

}  // namespace matryoshka_test
}  // namespace twinset
