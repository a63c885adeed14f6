#include "datasets/product_shards.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "datasets/product_json.h"
#include "framework/core/error.h"
#include "framework/core/logging.h"
#include "framework/core/thread_pool.h"
#include "framework/data/file_patterns.h"
#include "framework/data/random_access_file.h"
#include "framework/data/tar_index.h"

namespace twinset {
namespace {

constexpr size_t kMostOpenFiles = 256;
constexpr size_t kMostLogged = 5;

/// A product and where its image lies.
struct Sample {
  ProductRecord record;
  int64_t shard = 0;
  int64_t offset = 0;
  int64_t size = 0;
  std::string image_name;
};

/// What one shard holds.
struct ShardContent {
  std::vector<Sample> samples;
  std::vector<std::string> skipped;
  std::set<std::string> other_extensions;
};

/// "folder/0017.front.jpg" is the key "folder/0017" and the extension "front.jpg", in lower case.
std::pair<std::string, std::string> split_name(const std::string& name) {
  const size_t slash = name.rfind('/');
  const size_t stem = slash == std::string::npos ? 0 : slash + 1;
  const size_t dot = name.find('.', stem);
  if (dot == std::string::npos || dot == stem) return {"", ""};
  std::string extension = name.substr(dot + 1);
  for (char& c : extension) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return {name.substr(0, dot), extension};
}

bool is_image_extension(const std::string& extension) {
  return extension == "jpg" || extension == "jpeg" || extension == "png" || extension == "webp";
}

struct MemberPair {
  const TarMember* image = nullptr;
  const TarMember* json = nullptr;
};

ShardContent read_shard(const std::filesystem::path& path, int64_t shard,
                        const ProductShardsOptions& options) {
  const std::vector<TarMember> members = read_tar_index(path);
  const RandomAccessFile file(path);
  ShardContent content;
  const auto skip = [&](const std::string& name, const std::string& reason) {
    content.skipped.push_back(fmt::format("{}:{}\t{}", path.string(), name, reason));
  };
  std::vector<std::string> keys;
  std::unordered_map<std::string, MemberPair> pairs;
  for (const TarMember& member : members) {
    const auto [key, extension] = split_name(member.name);
    const bool is_image = is_image_extension(extension);
    if (key.empty() || (!is_image && extension != "json")) {
      content.other_extensions.insert(extension);
      continue;
    }
    const auto [entry, is_new] = pairs.try_emplace(key);
    if (is_new) keys.push_back(key);
    const TarMember*& place = is_image ? entry->second.image : entry->second.json;
    if (place != nullptr) {
      skip(member.name, fmt::format("the key has a second {}", is_image ? "image" : "JSON"));
    } else {
      place = &member;
    }
  }
  for (const std::string& key : keys) {
    const MemberPair& pair = pairs[key];
    if (pair.image == nullptr || pair.json == nullptr) {
      skip((pair.image ? pair.image : pair.json)->name,
           pair.image ? "no JSON beside it" : "no image beside it");
      continue;
    }
    try {
      const std::string stem = key.substr(key.rfind('/') + 1);
      ProductRecord record =
          parse_product_json(file.read(pair.json->offset, pair.json->size), pair.json->name, stem,
                             options.id_key, options.title_keys);
      content.samples.push_back(
          {std::move(record), shard, pair.image->offset, pair.image->size, pair.image->name});
    } catch (const DataError& error) {
      skip(pair.json->name, error.what());
    }
  }
  return content;
}

class ProductShards : public Dataset {
 public:
  ProductShards(const ProductShardsOptions& options, std::vector<std::filesystem::path> paths,
                const std::string& patterns)
      : paths_(std::move(paths)) {
    std::vector<ShardContent> contents(paths_.size());
    parallel_for(static_cast<int64_t>(paths_.size()), available_cores(), [&](int64_t i) {
      contents[static_cast<size_t>(i)] = read_shard(paths_[static_cast<size_t>(i)], i, options);
    });
    std::set<std::string> other_extensions;
    for (ShardContent& content : contents) {
      std::move(content.samples.begin(), content.samples.end(), std::back_inserter(samples_));
      std::move(content.skipped.begin(), content.skipped.end(), std::back_inserter(skipped_));
      other_extensions.merge(content.other_extensions);
    }
    report_skipped();
    if (samples_.empty()) {
      throw DataError(
          {.where = patterns,
           .what = fmt::format(
               "the data set is empty: no sample in {} shard{}{}", paths_.size(),
               paths_.size() == 1 ? "" : "s",
               other_extensions.empty()
                   ? ""
                   : fmt::format(" (other members end in: {})", fmt::join(other_extensions, ", "))),
           .expected = "members 'key.jpg' (or .jpeg, .png, .webp) with 'key.json' beside them"});
    }
    if (paths_.size() <= kMostOpenFiles) {
      for (const auto& path : paths_) files_.push_back(std::make_unique<RandomAccessFile>(path));
    }
  }

  int64_t size() const override { return static_cast<int64_t>(samples_.size()); }
  const ProductRecord& record(int64_t index) const override { return sample(index).record; }
  const std::vector<std::string>& skipped() const override { return skipped_; }

  std::string image_bytes(int64_t index) const override {
    const Sample& s = sample(index);
    const auto shard = static_cast<size_t>(s.shard);
    if (!files_.empty()) return files_[shard]->read(s.offset, s.size);
    return RandomAccessFile(paths_[shard]).read(s.offset, s.size);
  }

  std::string place(int64_t index) const override {
    const Sample& s = sample(index);
    return paths_[static_cast<size_t>(s.shard)].string() + ":" + s.image_name;
  }

 private:
  const Sample& sample(int64_t index) const { return samples_[static_cast<size_t>(index)]; }

  void report_skipped() const {
    for (size_t i = 0; i < std::min(kMostLogged, skipped_.size()); ++i) {
      const size_t tab = skipped_[i].find('\t');
      log_warning("{}: broken sample: {}", skipped_[i].substr(0, tab), skipped_[i].substr(tab + 1));
    }
    if (skipped_.size() > kMostLogged) log_warning("{} broken samples in all", skipped_.size());
  }

  std::vector<std::filesystem::path> paths_;
  std::vector<Sample> samples_;
  std::vector<std::string> skipped_;
  std::vector<std::unique_ptr<RandomAccessFile>> files_;
};

}  // namespace

std::unique_ptr<Dataset> make_product_shards(const ProductShardsOptions& options,
                                             const std::string& split) {
  const std::map<std::string, std::string> patterns_of = {
      {"train", options.train}, {"val", options.val}, {"test", options.test}};
  const auto entry = patterns_of.find(split);
  if (entry == patterns_of.end())
    throw_unknown_name("dataset", "split", split, {"train", "val", "test"});
  std::vector<std::filesystem::path> paths = find_files(options.root, entry->second);
  if (paths.empty()) {
    throw ConfigError({.where = "dataset." + split,
                       .what = "no shards are named",
                       .expected = "a pattern such as 'products-train-{000000..000006}.tar'"});
  }
  return std::make_unique<ProductShards>(options, std::move(paths), entry->second);
}

}  // namespace twinset
