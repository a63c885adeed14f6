#include "framework/negatives/builtin.h"

#include <gtest/gtest.h>

namespace twinset {
namespace {

TEST(BuiltinNegatives, AnUnknownStrategyIsToldWithTheNearest) {
  NegativesRegistry registry("negatives");
  register_builtin_negatives(registry);
  EXPECT_EQ(registry.names(),
            (std::vector<std::string>{"full_vocabulary", "in_batch", "memory_bank", "mined",
                                      "mixed", "queue", "same_family", "uniform"}));
  Node node = Node::map();
  node.set("name", "inbatch");
  try {
    registry.create(node, NegativesContext{});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(
        error.what(),
        "negatives.name: unknown negatives 'inbatch', expected one of: full_vocabulary, in_batch, "
        "memory_bank, mined, mixed, queue, same_family, uniform; did you mean 'in_batch'?");
  }
}

TEST(BuiltinNegatives, AWrongChoiceIsTold) {
  NegativesRegistry registry("negatives");
  register_builtin_negatives(registry);
  Node node = Node::map();
  node.set("name", "in_batch");
  node.set("known_positives", "masked");
  try {
    registry.create(node, NegativesContext{});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "negatives.known_positives: unknown value 'masked', expected one of: positive, "
                 "excluded, negative");
  }
}

}  // namespace
}  // namespace twinset
