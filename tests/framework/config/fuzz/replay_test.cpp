// The fuzzers' corpora, inputs that once broke something among them, through the same targets.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/framework/config/fuzz/fuzz_targets.h"

namespace twinset::fuzz {
namespace {

// A line holds one input as a JSON string whose characters U+0000 to U+00FF stand for bytes.
std::string bytes_of(const std::string& line) {
  const std::string text = nlohmann::json::parse(line);
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    bytes += lead < 0x80
                 ? text[i]
                 : static_cast<char>((lead << 6) | (static_cast<unsigned char>(text[++i]) & 0x3f));
  }
  return bytes;
}

TEST(FuzzCorpus, EveryInputReturns) {
  for (const auto& [name, target] : targets()) {
    std::ifstream file("tests/framework/config/fuzz/corpus/" + name + ".jsonl");
    int num_inputs = 0;
    for (std::string line; std::getline(file, line); ++num_inputs) {
      SCOPED_TRACE(name + ": " + line);
      target(bytes_of(line));
    }
    EXPECT_GT(num_inputs, 0) << name;
  }
}

}  // namespace
}  // namespace twinset::fuzz
