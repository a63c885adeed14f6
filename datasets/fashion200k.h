// Fashion200K in its own layout: label files beside a tree of images.
#pragma once

#include <memory>
#include <string>

#include "framework/core/options.h"
#include "framework/data/dataset.h"

namespace twinset {

/// Where Fashion200K lies and what becomes an attribute.
struct Fashion200kOptions {
  std::string root;
  std::string train_labels = "labels/{dress,jacket,pants,skirt,top}_train_detect_all.txt";
  std::string test_labels = "labels/{dress,jacket,pants,skirt,top}_test_detect_all.txt";
  double val_share = 0.0;
  bool word_attributes = true;

  template <class V>
  void visit(V&& v) {
    v("root", root, Field{.help = "folder that holds labels/ and women/"});
    v("train_labels", train_labels,
      Field{.help =
                "training label files below root: names, brace lists, globs, separated by commas"});
    v("test_labels", test_labels, Field{.help = "test label files, likewise"});
    v("val_share", val_share,
      Field{.help = "share of the training products that is the val split; the data set has none "
                    "of its own",
            .min = 0,
            .max = 0.5});
    v("word_attributes", word_attributes,
      Field{.help = "the words of a description are attributes of the family 'word'"});
  }
};

/// Opens a split ("train", "val" or "test") of Fashion200K, one item an image.
///
/// A label row is `image path <TAB> detection score <TAB> description` with the path
/// `women/<category>/<subcategory>/<product id>/<product id>_<view>.jpeg`. The record's id is the
/// image's stem, its title the description, its attributes are `category` and `subcategory` (folder
/// names) and each different `word` (lower case).
/// A path that stands in several rows is taken once, at its first.
///
/// The val split is the training products whose hashed id falls into `val_share`: a product's views
/// stay together.
/// Images are looked for when they are read; a missing one is a broken sample.
///
/// @throws ConfigError  for an unknown split, or val with `val_share` 0
/// @throws DataError    if a label file is missing, a row is malformed (file:line), or no row is
///                      left
/// Source: Han et al. 2017, arXiv:1708.01311; github.com/xthan/fashion-200k.
std::unique_ptr<Dataset> make_fashion200k(const Fashion200kOptions& options,
                                          const std::string& split);

/// The product id of an item's image path: the name of its folder.
std::string fashion200k_product_id(const std::string& image_path);

}  // namespace twinset
