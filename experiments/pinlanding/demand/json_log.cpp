#include "experiments/pinlanding/demand/json_log.h"

#include <fmt/format.h>

#include "datasets/rendered_wardrobe.h"
#include "eval/judged/json_lines.h"
#include "experiments/pinlanding/demand/json_field.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

std::map<std::string, int64_t> clicks_of(const Json& value) {
  std::map<std::string, int64_t> clicks;
  if (value.is_object()) {
    for (const auto& [id, count] : value.items()) clicks[id] += count.get<int64_t>();
  } else if (value.is_array()) {
    for (const auto& id : value) ++clicks[id.get<std::string>()];
  } else if (value.is_number_integer()) {
    clicks[""] = value.get<int64_t>();
  } else {
    clicks[value.get<std::string>()] = 1;
  }
  std::erase_if(clicks, [](const auto& entry) { return entry.second <= 0; });
  return clicks;
}

class JsonLog : public SearchLog {
 public:
  explicit JsonLog(JsonLogOptions options) : options_(std::move(options)) {}

  std::vector<std::filesystem::path> files() const override {
    return {options_.files.begin(), options_.files.end()};
  }

  void read(const UseSearch& use) const override {
    const std::string shape =
        fmt::format(R"({{"{}": "black dress", "{}": 3, "{}": {{"42": 1}}}})", options_.query_field,
                    options_.searches_field, options_.clicks_field);
    for (const std::string& file : options_.files) {
      for_each_json_line(file, shape, [&](const Json& json, const std::string& where) {
        use(search_of(json, where), where);
      });
    }
  }

 private:
  LoggedSearch search_of(const Json& json, const std::string& where) const {
    LoggedSearch search;
    const Json* query = json_field(json, options_.query_field);
    if (query == nullptr || !query->is_string()) {
      throw DataError({.where = where,
                       .what = fmt::format("has no text '{}'", options_.query_field),
                       .expected = "what was typed",
                       .todo = "name the field in demand.log.query_field"});
    }
    search.query = query->get<std::string>();
    if (const Json* value = json_field(json, options_.searches_field))
      search.searches = value->get<double>();
    if (search.searches < 0)
      throw DataError({.where = where,
                       .what = fmt::format("'{}' is {}", options_.searches_field, search.searches),
                       .expected = "0 or more"});
    if (const Json* value = json_field(json, options_.results_field))
      search.results =
          value->is_array() ? static_cast<int64_t>(value->size()) : value->get<int64_t>();
    if (const Json* value = json_field(json, options_.clicks_field))
      search.clicks = clicks_of(*value);
    if (const Json* value = json_field(json, options_.attributes_field)) {
      for (auto& [family, text] : attributes_of_json(*value))
        search.attributes.push_back({family, text});
    }
    return search;
  }

  JsonLogOptions options_;
};

class WardrobeLog : public SearchLog {
 public:
  explicit WardrobeLog(wardrobe::WardrobeOptions options) : options_(std::move(options)) {}

  std::vector<std::filesystem::path> files() const override {
    return {std::filesystem::path(options_.folder) / "search_log.jsonl"};
  }

  void read(const UseSearch& use) const override {
    write_wardrobe_with_progress(options_);
    JsonLogOptions log;
    log.files = {files()[0].string()};
    JsonLog(log).read(use);
  }

 private:
  wardrobe::WardrobeOptions options_;
};

}  // namespace

std::unique_ptr<SearchLog> make_json_log(const JsonLogOptions& options, const Node&) {
  check_log_files(options.files);
  return std::make_unique<JsonLog>(options);
}

std::unique_ptr<SearchLog> make_wardrobe_log(const WardrobeLogOptions&, const Node& reader) {
  const Node* name = reader.find("name");
  if (name == nullptr || !(*name == Node("wardrobe"))) {
    throw ConfigError(
        {.where = "demand.log",
         .what = "the log 'wardrobe' is for dataset=wardrobe",
         .todo = "choose another: search_log=table, search_log=json_lines or search_log=ubi"});
  }
  auto options = read_options<wardrobe::WardrobeOptions>(reader, "dataset.reader", {"name"});
  if (options.num_queries == 0)
    throw ConfigError({.where = "dataset.reader.num_queries",
                       .what = "is 0, so the wardrobe has no search log",
                       .expected = "at least 1"});
  return std::make_unique<WardrobeLog>(std::move(options));
}

}  // namespace twinset::pinlanding
