// For scripts/parity/losses.py: cases as JSON lines in, {"value", "query_gradient",
// "document_gradient"} a line out.
#include <cstdio>
#include <iostream>
#include <string>

#include "tests/framework/losses/loss_case.h"

namespace {

nlohmann::json rows(const at::Tensor& matrix) {
  auto result = nlohmann::json::array();
  for (int64_t i = 0; i < matrix.size(0); ++i) {
    result.push_back(
        std::vector<double>(matrix.const_data_ptr<double>() + i * matrix.size(1),
                            matrix.const_data_ptr<double>() + (i + 1) * matrix.size(1)));
  }
  return result;
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    nlohmann::json reply;
    try {
      const auto result = twinset::testing::run_loss_case(nlohmann::ordered_json::parse(line));
      reply = {{"value", result.value},
               {"query_gradient", rows(result.query_gradient.contiguous())},
               {"document_gradient", rows(result.document_gradient.contiguous())}};
    } catch (const std::exception& error) {
      reply = {{"error", error.what()}};
    }
    std::puts(reply.dump().c_str());
  }
}
