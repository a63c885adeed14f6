#pragma once

#include <memory>

#include "experiments/pinlanding/demand/search_log.h"

namespace twinset::pinlanding {

/// Searches made up from the catalogue, for a shop that has no log to show. What they say about
/// demand is what `fields` says.
///
/// A shopper has a product in mind, any with equal probability, and types some of its fields; the
/// products that have them all are found, and clicked as datasets/wardrobe/clicks.h says.
struct SimulatedLogOptions {
  int64_t num_searches = 50000;
  Node fields = Node::map();
  Node families = Node::map();
  double stray_click_share = 0.1;
  int64_t seed = 1;

  template <class V>
  void visit(V&& v) {
    v("num_searches", num_searches,
      Field{.help = "made up, then added up by query", .unit = "searches", .min = 1});
    v("fields", fields,
      Field{.help = "{field of the catalogue: share of the searches that name it}, in the order of "
                    "typing"});
    v("families", families,
      Field{.help = "{field of the catalogue: family of attributes}; a field without one is its "
                    "own family"});
    v("stray_click_share", stray_click_share,
      Field{.help = "clicks that fall on any product of the catalogue", .min = 0, .max = 1});
    v("seed", seed, Field{.help = "of the searches and clicks", .min = 0});
  }
};

/// @throws ConfigError if `fields` is empty, names a share outside 0 to 1, or (at the first
/// reading) a field that no product has
std::unique_ptr<SearchLog> make_simulated_log(const SimulatedLogOptions& options,
                                              const Node& reader);

}  // namespace twinset::pinlanding
