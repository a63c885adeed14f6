#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "framework/core/registry.h"

namespace twinset {

/// One attribute of a product, such as {"baseColour", "Navy Blue"}. Its phrase is "baseColour: Navy
/// Blue".
struct Attribute {
  std::string key;    ///< the family
  std::string value;  ///< as the data set writes it
  std::string phrase() const { return key + ": " + value; }
};

/// What a data set says of a product in words.
struct ProductRecord {
  std::string id;
  std::string title;
  std::vector<Attribute> attributes;
};

/// Products that can be read in any order. All methods may be called from several threads.
///
/// Records (id, title, attributes) are in memory once the data set is open; images are read when
/// asked for.
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual int64_t size() const = 0;
  virtual const ProductRecord& record(int64_t index) const = 0;
  /// The encoded image (JPEG, PNG or WebP) of a product. @throws DataError if it can't be read.
  virtual std::string image_bytes(int64_t index) const = 0;
  /// Where a product lies, for messages: "shard-000003.tar:0017.jpg".
  virtual std::string place(int64_t index) const = 0;
  /// Samples that were broken when the data set was opened and are not among the `size` above, as
  /// "place<TAB>reason".
  virtual const std::vector<std::string>& skipped() const {
    static const std::vector<std::string> none;
    return none;
  }
};

/// Makes the named split ("train", "val", "test") of the data set that a config names.
using DatasetRegistry = Registry<Dataset, const std::string&>;

}  // namespace twinset
