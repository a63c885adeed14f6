#include "experiments/pinlanding/topics/topic_title.h"

#include <algorithm>
#include <map>

#include "framework/core/error.h"

namespace twinset::pinlanding {
namespace {

std::unordered_map<std::string, std::string> texts_of(const Node& node, const std::string& path) {
  std::unordered_map<std::string, std::string> texts;
  if (node.is_null()) return texts;
  if (!node.is_map()) {
    throw ConfigError(
        {.where = node.where(path), .what = "is " + node.describe(), .expected = "a map of texts"});
  }
  for (const auto& [key, value] : node.as_map()) {
    if (!value.is_string()) {
      throw ConfigError({.where = value.where(path + "." + key),
                         .what = "is " + value.describe(),
                         .expected = "a text"});
    }
    texts[key] = value.as_string();
  }
  return texts;
}

}  // namespace

TitleTemplate::TitleTemplate(const TitleOptions& options)
    : forms_(texts_of(options.forms, "topics.title.forms")),
      words_(texts_of(options.words, "topics.title.words")) {
  for (size_t i = 0; i < options.order.size(); ++i) {
    if (!place_.emplace(options.order[i], i + 1).second) {
      throw ConfigError({.where = "topics.title.order",
                         .what = "names '" + options.order[i] + "' twice",
                         .expected = "each family once"});
    }
  }
  for (const auto& [family, form] : forms_) {
    if (form.find("{}") == std::string::npos) {
      throw ConfigError({.where = "topics.title.forms." + family,
                         .what = "is '" + form + "'",
                         .expected = "a text with {} for the value"});
    }
  }
}

std::string TitleTemplate::words_of(const Attribute& attribute) const {
  if (const auto words = words_.find(attribute.phrase()); words != words_.end())
    return words->second;
  const auto form = forms_.find(attribute.key);
  if (form == forms_.end()) return attribute.value;
  std::string text = form->second;
  return text.replace(text.find("{}"), 2, attribute.value);
}

std::string TitleTemplate::title(const std::vector<Attribute>& attributes) const {
  std::map<std::pair<size_t, std::string>, std::string> parts;
  for (const Attribute& attribute : attributes) {
    const auto place = place_.find(attribute.key);
    std::string& part = parts[{place == place_.end() ? 0 : place->second, attribute.key}];
    part += (part.empty() ? "" : " and ") + words_of(attribute);
  }
  std::string title;
  for (const auto& [place, part] : parts) title += (title.empty() ? "" : " ") + part;
  return title;
}

}  // namespace twinset::pinlanding
