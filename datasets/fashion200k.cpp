#include "datasets/fashion200k.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/logging.h"
#include "framework/core/random.h"
#include "framework/data/file_patterns.h"
#include "framework/data/random_access_file.h"

namespace twinset {
namespace {

namespace fs = std::filesystem;

struct Item {
  ProductRecord record;
  std::string image_path;  ///< below the root
};

std::vector<std::string_view> split_at(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool is_image_path(const std::vector<std::string_view>& parts) {
  return parts.size() == 5 && std::none_of(parts.begin(), parts.end(), [](std::string_view part) {
           return part.empty() || part == "." || part == "..";
         });
}

void add_words(ProductRecord& record) {
  const size_t first_word = record.attributes.size();
  for (std::string_view part : split_at(record.title, ' ')) {
    std::string word(part);
    for (char& c : word) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    const auto is_same = [&](const Attribute& attribute) { return attribute.value == word; };
    if (word.empty() || std::any_of(record.attributes.begin() + static_cast<int64_t>(first_word),
                                    record.attributes.end(), is_same))
      continue;
    record.attributes.push_back({"word", std::move(word)});
  }
}

Item parse_row(std::string_view line, const std::string& where, bool has_words) {
  const std::vector<std::string_view> columns = split_at(line, '\t');
  if (columns.size() != 3) {
    throw DataError(
        {.where = where,
         .what = fmt::format("{} column{}", columns.size(), columns.size() == 1 ? "" : "s"),
         .expected = "image path, score and description, separated by tabs"});
  }
  const std::vector<std::string_view> parts = split_at(columns[0], '/');
  if (!is_image_path(parts)) {
    throw DataError(
        {.where = where,
         .what = fmt::format("the image path '{}'", columns[0]),
         .expected = "'women/<category>/<subcategory>/<product id>/<product id>_<view>.jpeg'"});
  }
  if (!is_number(columns[1])) {
    throw DataError({.where = where,
                     .what = fmt::format("the detection score '{}'", columns[1]),
                     .expected = "a number"});
  }
  Item item;
  item.image_path = columns[0];
  item.record.id = parts[4].substr(0, parts[4].rfind('.'));
  item.record.title = columns[2];
  item.record.attributes = {{"category", std::string(parts[1])},
                            {"subcategory", std::string(parts[2])}};
  if (has_words) add_words(item.record);
  return item;
}

/// Uniform in [0, 1), a function of the product id alone.
double hashed_share(const std::string& product_id) {
  uint64_t hash = 14695981039346656037ull;
  for (char c : product_id) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return CounterRandom({.seed = hash, .epoch = 0, .sample = 0, .purpose = "fashion200k val"})
      .uniform();
}

class Fashion200k : public Dataset {
 public:
  Fashion200k(const Fashion200kOptions& options, const std::string& split) : root_(options.root) {
    const std::string& labels = split == "test" ? options.test_labels : options.train_labels;
    const auto is_wanted = [&](const std::string& image_path) {
      if (split == "test") return true;
      return (hashed_share(fashion200k_product_id(image_path)) < options.val_share) ==
             (split == "val");
    };
    std::unordered_set<std::string> seen;
    int64_t num_repeated = 0;
    for (const fs::path& file : find_files(root_, labels)) {
      const std::string text = read_file(file);
      int64_t line_number = 0;
      for (std::string_view line : split_at(text, '\n')) {
        ++line_number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        Item item = parse_row(line, fmt::format("{}:{}", file.string(), line_number),
                              options.word_attributes);
        if (!is_wanted(item.image_path)) continue;
        if (seen.insert(item.image_path).second) {
          items_.push_back(std::move(item));
        } else {
          ++num_repeated;
        }
      }
    }
    if (num_repeated > 0)
      log_info("fashion200k {}: {} rows name an image for the second time and are left out", split,
               num_repeated);
    if (items_.empty()) {
      throw DataError(
          {.where = (root_ / labels).string(),
           .what = fmt::format("the data set is empty: no row for the split '{}'", split),
           .expected = "at least one label row"});
    }
  }

  int64_t size() const override { return static_cast<int64_t>(items_.size()); }
  const ProductRecord& record(int64_t index) const override { return item(index).record; }
  std::string place(int64_t index) const override {
    return (root_ / item(index).image_path).string();
  }
  std::string image_bytes(int64_t index) const override {
    const RandomAccessFile file(root_ / item(index).image_path);
    return file.read(0, file.size());
  }

 private:
  const Item& item(int64_t index) const { return items_[static_cast<size_t>(index)]; }

  fs::path root_;
  std::vector<Item> items_;
};

}  // namespace

std::string fashion200k_product_id(const std::string& image_path) {
  return fs::path(image_path).parent_path().filename().string();
}

std::unique_ptr<Dataset> make_fashion200k(const Fashion200kOptions& options,
                                          const std::string& split) {
  if (split != "train" && split != "val" && split != "test")
    throw_unknown_name("dataset", "split", split, {"train", "val", "test"});
  if (split == "val" && options.val_share == 0) {
    throw ConfigError({.where = "dataset.val_share",
                       .what = "is 0, so there is no val split",
                       .expected = "a share of the training products such as 0.1"});
  }
  return std::make_unique<Fashion200k>(options, split);
}

}  // namespace twinset
