// A data set whose attributes come from a file: what a model, a curation or a person said instead
// of the merchant.
#pragma once

#include <memory>
#include <string>

#include "framework/core/options.h"
#include "framework/data/dataset.h"

namespace twinset {

/// Which data set gets which attributes.
struct RelabelledOptions {
  Node inner;
  std::string file;
  std::string missing = "error";

  template <class V>
  void visit(V&& v) {
    v("inner", inner,
      Field{
          .help =
              "the reader whose products, titles and images are kept, by name, with its options"});
    v("file", file,
      Field{.help = "JSON lines {\"id\": \"42\", \"attributes\": {\"colour\": [\"black\"]}} for "
                    "every product of every split"});
    v("missing", missing,
      Field{.help = "what a product without a line is: an error, or left out of the data set",
            .choices = {"error", "drop"}});
  }
  void check_parts(const DatasetRegistry& registry, const std::string& path) const;
};

/// Opens a split of `inner` with the attributes that `file` has for each id; ids, titles, images
/// and order stay. Lines of ids that the split does not have are those of other splits; a product
/// whose line has no attributes has none.
///
/// @throws ConfigError  if `inner` or `file` is not set
/// @throws DataError    naming file and line: broken JSON, an id twice; naming the id: a product
/// without a line
std::unique_ptr<Dataset> make_relabelled(const RelabelledOptions& options,
                                         const DatasetRegistry& registry, const std::string& path,
                                         const std::string& split);

}  // namespace twinset
