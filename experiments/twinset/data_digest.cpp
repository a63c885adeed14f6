#include "experiments/twinset/data_digest.h"

#include <fmt/format.h>

namespace twinset {

std::string data_digest(const Dataset& dataset) {
  uint64_t hash = 14695981039346656037ull;
  const auto add = [&](const std::string& text) {
    // The end is hashed too, so that "ab", "c" differs from "a", "bc".
    for (size_t i = 0; i <= text.size(); ++i)
      hash = (hash ^ (i < text.size() ? static_cast<unsigned char>(text[i]) : 0x100u)) *
             1099511628211ull;
  };
  for (int64_t i = 0; i < dataset.size(); ++i) {
    const ProductRecord& record = dataset.record(i);
    add(record.id);
    add(record.title);
    for (const Attribute& attribute : record.attributes) add(attribute.phrase());
    add("");
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace twinset
