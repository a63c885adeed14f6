#pragma once

#include <memory>

#include "experiments/pinlanding/demand/search_log.h"

namespace twinset::pinlanding {

/// JSON lines; a field is a dotted path, such as "event.query".
struct JsonLogOptions {
  std::vector<std::string> files;
  std::string query_field = "query";
  std::string searches_field = "searches";
  std::string results_field = "results";
  std::string clicks_field = "clicks";
  std::string attributes_field = "attributes";

  template <class V>
  void visit(V&& v) {
    v("files", files, Field{.help = "files of JSON lines"});
    v("query_field", query_field, Field{.help = "what was typed; a line without it is an error"});
    v("searches_field", searches_field,
      Field{.help = "how often; a line without it is one search"});
    v("results_field", results_field,
      Field{.help = "how many products were found, or a list of them; may be absent"});
    v("clicks_field", clicks_field,
      Field{.help = "{product id: number}, a list of ids, an id, or a number; may be absent"});
    v("attributes_field", attributes_field,
      Field{.help = "what the query asks for, {family: value or list}; may be absent"});
  }
};

std::unique_ptr<SearchLog> make_json_log(const JsonLogOptions& options, const Node& reader);

/// The wardrobe's own log, search_log.jsonl in its folder, rendered if it is not there.
struct WardrobeLogOptions {
  template <class V>
  void visit(V&&) {}
};

/// @throws ConfigError if the data set is not the wardrobe, or is made without a log
std::unique_ptr<SearchLog> make_wardrobe_log(const WardrobeLogOptions& options, const Node& reader);

}  // namespace twinset::pinlanding
