#include "experiments/pinlanding/records/topics.h"

#include <algorithm>
#include <set>

#include "eval/judged/json_lines.h"
#include "framework/core/atomic_file.h"

namespace twinset::pinlanding {
namespace {

constexpr const char* kTopicShape =
    R"({"title": "black dress", "attributes": {"colour": ["black"], "category": ["dress"]}, "support": 57, "score": 0.8, "coherence": 1, "plausibility": 0.9, "phrasing": 0.7})";

}  // namespace

void write_topics(const std::vector<Topic>& topics, const std::filesystem::path& file) {
  AtomicFile out(file);
  for (const Topic& topic : topics) {
    nlohmann::ordered_json json = {
        {"title", topic.title},         {"attributes", nlohmann::ordered_json::object()},
        {"support", topic.support},     {"score", topic.score},
        {"coherence", topic.coherence}, {"plausibility", topic.plausibility},
        {"phrasing", topic.phrasing}};
    for (const Attribute& attribute : topic.attributes)
      json["attributes"][attribute.key].push_back(attribute.value);
    out.write(json.dump() + "\n");
  }
  out.commit();
}

std::vector<Topic> read_topics(const std::filesystem::path& file) {
  std::vector<Topic> topics;
  std::set<std::string> titles;
  for_each_json_line(file, kTopicShape, [&](const auto& json, const std::string& where) {
    Topic& topic = topics.emplace_back();
    topic.title = json.at("title").template get<std::string>();
    for (auto& [family, value] : attributes_of_json(json.at("attributes")))
      topic.attributes.push_back({family, value});
    topic.support = json.at("support").template get<int64_t>();
    topic.score = json.at("score").template get<double>();
    topic.coherence = json.at("coherence").template get<double>();
    topic.plausibility = json.at("plausibility").template get<double>();
    topic.phrasing = json.at("phrasing").template get<double>();
    if (topic.attributes.empty())
      throw DataError(
          {.where = where, .what = "the topic has no attribute", .expected = kTopicShape});
    if (!titles.insert(topic.title).second)
      throw DataError({.where = where,
                       .what = "the title '" + topic.title + "' was there before",
                       .expected = "each title once"});
  });
  if (topics.empty())
    throw DataError({.where = file.string(), .what = "holds no topic", .expected = kTopicShape});
  return topics;
}

std::string attribute_set_key(std::vector<Attribute> attributes) {
  std::vector<std::string> phrases;
  for (const Attribute& attribute : attributes) phrases.push_back(attribute.phrase());
  std::sort(phrases.begin(), phrases.end());
  phrases.erase(std::unique(phrases.begin(), phrases.end()), phrases.end());
  return fmt::format("{}", fmt::join(phrases, "\n"));
}

}  // namespace twinset::pinlanding
