#pragma once

#include <memory>

#include "experiments/pinlanding/extract/attribute_provider.h"

namespace twinset::pinlanding {

/// The merchant's own fields.
struct CatalogProviderOptions {
  Node fields = Node::map();

  template <class V>
  void visit(V&& v) {
    v("fields", fields,
      Field{.help = "the family of each field that counts, {articleType: category}; empty: every "
                    "field, under its own name"});
  }
};

/// @throws ConfigError if `fields` is no map of texts, or names a field that no product has (at the
/// first call of `extract`)
std::unique_ptr<AttributeProvider> make_catalog_provider(const CatalogProviderOptions& options,
                                                         const ProviderContext& context);

}  // namespace twinset::pinlanding
