#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace twinset::pinlanding {

/// The JSON object in a model's answer, or why there is none.
struct JsonAnswer {
  nlohmann::ordered_json object;
  std::string failure;  ///< empty: the object holds
};

/// Reads the first JSON object of an answer. It may stand in a code fence or after other words.
JsonAnswer read_json_answer(const std::string& text);

}  // namespace twinset::pinlanding
