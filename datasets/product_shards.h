// Products in WebDataset tar shards: `key.jpg` beside `key.json`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "framework/core/options.h"
#include "framework/data/dataset.h"

namespace twinset {

/// Where the shards of each split lie and what their JSON calls things.
struct ProductShardsOptions {
  std::string root;
  std::string train;
  std::string val;
  std::string test;
  std::string id_key = "id";
  std::vector<std::string> title_keys = {"title"};

  template <class V>
  void visit(V&& v) {
    v("root", root, Field{.help = "folder that the patterns below are relative to"});
    v("train", train,
      Field{.help = "training shards: names, brace lists, globs, separated by commas"});
    v("val", val, Field{.help = "validation shards, likewise"});
    v("test", test, Field{.help = "test shards, likewise"});
    v("id_key", id_key,
      Field{.help = "JSON key of the product's id; without it, the member's name"});
    v("title_keys", title_keys,
      Field{.help = "JSON keys whose texts, joined by spaces, are the title"});
  }
};

/// Opens a split ("train", "val" or "test") of products in WebDataset shards.
///
/// A sample is the members `key.jpg` (or .jpeg, .png, .webp) and `key.json` of one shard, where the
/// key ends at the first dot of the file name; other members are passed over. The JSON is a flat
/// map: `id_key`, `title_keys`, and every other key is an attribute. A list gives several
/// attributes, numbers and booleans become text, null and empty texts are left out.
///
/// A key without its image or without its JSON, a JSON that can't be read, and a repeated key are
/// broken samples: left out, logged, and named by `skipped`.
///
/// Records are kept in memory; images are read by offset when asked for.
///
/// @throws ConfigError  for an unknown split, or one without a pattern
/// @throws DataError    if a pattern matches nothing, a tar is corrupt (file and byte offset), or
///                      no sample is left
/// Source: WebDataset's format, github.com/webdataset/webdataset.
std::unique_ptr<Dataset> make_product_shards(const ProductShardsOptions& options,
                                             const std::string& split);

}  // namespace twinset
