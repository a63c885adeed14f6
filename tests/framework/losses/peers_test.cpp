// Value and gradient of losses against other software's, as scripts/parity/losses.py --golden took
// them down.
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include "framework/core/atomic_file.h"
#include "tests/framework/losses/loss_case.h"

namespace twinset {
namespace {

TEST(Peers, ValueAndGradientAgree) {
  const auto cases =
      nlohmann::ordered_json::parse(read_file("tests/framework/losses/golden/peers.json"));
  EXPECT_GE(cases.size(), 20u);
  for (const auto& peer : cases) {
    SCOPED_TRACE(peer.at("loss").dump() + " against " + peer.at("peer").get<std::string>());
    const testing::LossCaseResult ours = testing::run_loss_case(peer.at("case"));
    // Rounding of float64 in both, but for peers that add their own epsilon.
    const double tolerance = peer.at("tolerance");
    const double expected = peer.at("value");
    EXPECT_NEAR(ours.value, expected, tolerance * std::max(1.0, std::abs(expected)));
    for (const auto& [side, gradient] :
         {std::pair("query", ours.query_gradient), std::pair("document", ours.document_gradient)}) {
      const std::string key = std::string(side) + "_gradient";
      if (!peer.contains(key)) continue;
      const at::Tensor unit_rows = testing::matrix(
          peer.at("case").at(std::string(side) == "query" ? "queries" : "documents"));
      const at::Tensor theirs = testing::matrix(peer.at(key));
      const double scale = std::max(1.0, theirs.abs().max().item<double>());
      EXPECT_LT((testing::tangential(gradient, unit_rows) - theirs).abs().max().item<double>(),
                tolerance * scale)
          << key;
    }
  }
}

}  // namespace
}  // namespace twinset
