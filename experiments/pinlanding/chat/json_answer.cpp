#include "experiments/pinlanding/chat/json_answer.h"

#include "experiments/pinlanding/words.h"

namespace twinset::pinlanding {
namespace {

// The end of the object that begins at `begin`, or npos if it is cut off.
size_t object_end(const std::string& text, size_t begin) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = begin; i < text.size(); ++i) {
    if (in_string) {
      if (text[i] == '\\')
        ++i;
      else if (text[i] == '"')
        in_string = false;
    } else if (text[i] == '"') {
      in_string = true;
    } else if (text[i] == '{') {
      ++depth;
    } else if (text[i] == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return std::string::npos;
}

}  // namespace

JsonAnswer read_json_answer(const std::string& text) {
  const size_t begin = text.find('{');
  if (begin == std::string::npos)
    return {{}, trimmed(text).empty() ? "the answer is empty" : "the answer has no JSON object"};
  const size_t end = object_end(text, begin);
  if (end == std::string::npos) return {{}, "the answer's JSON is cut off"};
  auto object = nlohmann::ordered_json::parse(text.substr(begin, end - begin), nullptr, false);
  if (!object.is_object()) return {{}, "the answer is no JSON"};
  return {std::move(object), ""};
}

}  // namespace twinset::pinlanding
