#include "framework/losses/weighted_sum.h"

#include <ATen/TensorOperators.h>

#include "framework/losses/builtin.h"
#include "framework/losses/info_nce.h"
#include "framework/losses/uniformity.h"
#include "tests/testing/loss_checks.h"

namespace twinset {
namespace weighted_sum_test {

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

std::unique_ptr<Loss> weighted_sum(const Node& parts, const Node& weights) {
  return make_weighted_sum({.parts = parts, .weights = weights}, registry(), "loss");
}

Node two_parts() {
  Node parts = Node::map();
  parts.set("clip", named("info_nce"));
  parts.set("spread", named("uniformity"));
  return parts;
}

Node weights_of(double clip, double spread) {
  Node weights = Node::map();
  weights.set("clip", clip);
  weights.set("spread", spread);
  return weights;
}

TEST(WeightedSum, IsTheWeightedSumOfItsParts) {
  const at::Tensor queries = testing::unit_rows(6, 5, 1);
  const Candidates c = testing::random_candidates(6, 10, 5, 0.3, 0.1, 2);
  const double clip = make_info_nce({})->forward(queries, c).value.item<double>(),
               spread = make_uniformity({})->forward(queries, c).value.item<double>();
  const LossResult result = weighted_sum(two_parts(), weights_of(0.5, 2.0))->forward(queries, c);
  EXPECT_NEAR(result.value.item<double>(), 0.5 * clip + 2.0 * spread, 1e-12);
  EXPECT_NEAR(weighted_sum(two_parts(), Node::map())->forward(queries, c).value.item<double>(),
              clip + spread, 1e-12);
  EXPECT_EQ(result.statistics[0].first, "clip.loss");
  EXPECT_NEAR(result.statistics[0].second, clip, 1e-12);
  EXPECT_EQ(result.statistics[1].first, "clip.temperature");
}

TEST(WeightedSum, OfOneIsTheLoss) {
  const at::Tensor queries = testing::unit_rows(6, 5, 1);
  const Candidates c = testing::random_candidates(6, 10, 5, 0.3, 0.1, 2);
  EXPECT_EQ(make_weighted_sum({}, registry(), "loss")->forward(queries, c).value.item<double>(),
            make_info_nce({})->forward(queries, c).value.item<double>());
}

TEST(WeightedSum, ParametersAreNamedByPartAndTrain) {
  Node parts = two_parts();
  parts.set("pairs", named("sigmoid"));
  const auto loss = weighted_sum(parts, weights_of(1.0, 1.0));
  std::vector<std::string> names;
  for (const auto& [name, tensor] : loss->parameters()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"clip.log_inverse_temperature",
                                             "pairs.log_inverse_temperature", "pairs.bias"}));
  EXPECT_NEAR(loss->inverse_temperature(), 1 / 0.07, 1e-5);
  loss->parameters()[0].second.detach().add_(10.0);
  loss->clamp_parameters();
  EXPECT_NEAR(loss->inverse_temperature(), 100.0, 1e-3);
}

TEST(WeightedSum, KeepsTheContract) {
  const auto loss = weighted_sum(two_parts(), weights_of(0.5, 2.0));
  testing::expect_finite_at_extremes(*loss);
  testing::expect_permutation_invariant(*loss);
  Node parts = Node::map(), clip = named("info_nce"), temperature = Node::map();
  temperature.set("initial", 0.5);
  clip.set("temperature", temperature);
  parts.set("clip", clip);
  parts.set("spread", named("uniformity"));
  testing::expect_gradient_matches_differences(*weighted_sum(parts, weights_of(0.5, 2.0)));
}

TEST(WeightedSum, NamesThePartThatIsWrong) {
  const auto error_of = [](const Node& parts, const Node& weights) {
    Node node = named("weighted_sum");
    node.set("parts", parts);
    node.set("weights", weights);
    return message_of([&] { registry().check(node); });
  };
  Node parts = two_parts();
  EXPECT_EQ(error_of(parts, weights_of(1, 1)), "no error");
  EXPECT_EQ(error_of(Node::map(), Node::map()),
            "loss.parts: is empty, expected a map of losses; such as {clip: {name: info_nce}, "
            "spread: {name: koleo}}");
  Node other = Node::map();
  other.set("clp", 0.5);
  EXPECT_EQ(error_of(parts, other),
            "loss.weights: unknown key 'clp', expected one of: clip, spread; did you mean 'clip'?");
  EXPECT_NE(error_of(parts, weights_of(-1, 1)).find("loss.weights.clip"), std::string::npos);
  Node clip = named("info_nce");
  clip.set("temprature", 0.1);
  parts.set("clip", clip);
  EXPECT_EQ(error_of(parts, Node::map()),
            "loss.parts.clip: unknown key 'temprature', expected one of: name, temperature, "
            "document_weight, kernel; did you mean 'temperature'?");
}

}  // namespace weighted_sum_test
}  // namespace twinset
