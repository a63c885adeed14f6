#include "experiments/pinlanding/demand/ubi_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <set>

#include "eval/judged/json_lines.h"
#include "experiments/pinlanding/demand/json_field.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kUbiShape =
    R"({"query_id": "...", "user_query": "black dress"} or {"query_id": "...", "action_name": "click"})";

struct Search {
  std::string where, client;
  double seconds = std::nan("");  ///< since 1970
  bool has_document = false;      ///< of ubi_queries: its text counts before that of an event
  LoggedSearch logged;
};

std::string text_under(const Json& json, const char* path) {
  const Json* value = json_field(json, path);
  return value != nullptr && value->is_string() ? value->get<std::string>() : "";
}

// "2024-12-10T00:01:29.378Z" or milliseconds since 1970.
double seconds_of(const Json& json) {
  const Json* value = json_field(json, "timestamp");
  if (value == nullptr) return std::nan("");
  if (value->is_number()) return value->get<double>() / 1000;
  std::tm time{};
  const std::string text = value->get<std::string>();
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &time);
  if (rest == nullptr) return std::nan("");
  const double fraction = *rest == '.' ? std::strtod(rest, nullptr) : 0;
  return static_cast<double>(::timegm(&time)) + fraction;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class UbiLog : public SearchLog {
 public:
  explicit UbiLog(UbiLogOptions options) : options_(std::move(options)) {}

  std::vector<std::filesystem::path> files() const override {
    return {options_.files.begin(), options_.files.end()};
  }

  void read(const UseSearch& use) const override {
    std::map<std::string, size_t> by_id;
    std::vector<Search> searches;
    for (const std::string& file : options_.files) {
      for_each_json_line(file, kUbiShape, [&](const Json& json, const std::string& where) {
        if (json.size() == 1 && (json.contains("index") || json.contains("create")))
          return;  // the bulk API's action line
        if (!json.contains("user_query") && !json.contains("action_name")) {
          throw DataError(
              {.where = where, .what = "is neither a query nor an event", .expected = kUbiShape});
        }
        // A search that was logged without its id is one of its own.
        std::string id = text_under(json, "query_id");
        if (id.empty()) id = where;
        const auto [entry, is_new] = by_id.try_emplace(id, searches.size());
        if (is_new) searches.emplace_back();
        add(json, where, searches[entry->second]);
      });
    }
    const std::vector<bool> is_typing = find_typing(searches);
    for (size_t i = 0; i < searches.size(); ++i) {
      if (!is_typing[i] && !searches[i].logged.query.empty())
        use(std::move(searches[i].logged), searches[i].where);
    }
  }

 private:
  void add(const Json& json, const std::string& where, Search& search) const {
    const std::string action = text_under(json, "action_name");
    const std::string typed = text_under(json, "user_query");
    const std::string text = !typed.empty() ? typed
                             : contains(options_.search_actions, action)
                                 ? text_under(json, "message")
                                 : "";
    const bool is_document = action.empty();
    if (!text.empty() && (search.logged.query.empty() || (is_document && !search.has_document))) {
      search.logged.query = text;
      search.where = where;
      search.has_document = is_document;
      const std::string session = text_under(json, "session_id");
      search.client = session.empty() ? text_under(json, "client_id") : session;
      search.seconds = seconds_of(json);
    }
    const Json* hits = json_field(json, "query_response_hit_ids");
    if (hits != nullptr && hits->is_array())
      search.logged.results = static_cast<int64_t>(hits->size());
    const Json* count = json_field(json, "event_attributes.result_count");
    if (count != nullptr && count->is_number_integer())
      search.logged.results = count->get<int64_t>();
    if (contains(options_.click_actions, action))
      ++search.logged.clicks[text_under(json, "event_attributes.object.object_id")];
  }

  // A search whose text the client's next one begins with, a moment later and without a click
  // between.
  std::vector<bool> find_typing(const std::vector<Search>& searches) const {
    std::vector<bool> is_typing(searches.size(), false);
    std::vector<size_t> order;
    for (size_t i = 0; i < searches.size(); ++i) {
      if (options_.typing_seconds > 0 && !searches[i].client.empty() &&
          !std::isnan(searches[i].seconds))
        order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      const Search &x = searches[a], &y = searches[b];
      return std::tie(x.client, x.seconds) < std::tie(y.client, y.seconds);
    });
    for (size_t k = 0; k < order.size(); ++k) {
      const Search& search = searches[order[k]];
      for (size_t next = k + 1; next < order.size(); ++next) {
        const Search& later = searches[order[next]];
        if (later.client != search.client ||
            later.seconds - search.seconds > options_.typing_seconds)
          break;
        const std::string &text = search.logged.query, &longer = later.logged.query;
        if (search.logged.clicks.empty() && longer.size() > text.size() &&
            longer.compare(0, text.size(), text) == 0)
          is_typing[order[k]] = true;
      }
    }
    return is_typing;
  }

  UbiLogOptions options_;
};

}  // namespace

std::unique_ptr<SearchLog> make_ubi_log(const UbiLogOptions& options, const Node&) {
  check_log_files(options.files);
  return std::make_unique<UbiLog>(options);
}

}  // namespace twinset::pinlanding
