#pragma once

#include <memory>

#include "experiments/pinlanding/demand/search_log.h"

namespace twinset::pinlanding {

/// Queries and events of OpenSearch's User Behavior Insights, as documents or in the form of the
/// bulk API.
struct UbiLogOptions {
  std::vector<std::string> files;
  std::vector<std::string> click_actions = {"click", "item_click"};
  std::vector<std::string> search_actions = {"search", "on_search"};
  double typing_seconds = 10;

  template <class V>
  void visit(V&& v) {
    v("files", files, Field{.help = "files of JSON lines with ubi_queries, ubi_events, or both"});
    v("click_actions", click_actions,
      Field{.help = "action_name of events that are clicks on event_attributes.object.object_id"});
    v("search_actions", search_actions,
      Field{.help = "action_name of events whose message is the query, for a query_id without a "
                    "query document"});
    v("typing_seconds", typing_seconds,
      Field{.help = "a search that the same client goes on typing within this time counts as "
                    "typing; 0: each counts",
            .unit = "s",
            .min = 0});
  }
};

/// One search a query_id.
/// Source: the UBI schema 1.0, github.com/o19s/ubi.
std::unique_ptr<SearchLog> make_ubi_log(const UbiLogOptions& options, const Node& reader);

}  // namespace twinset::pinlanding
