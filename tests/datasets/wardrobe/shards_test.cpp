#include <fmt/format.h>
#include <gtest/gtest.h>
#include <turbojpeg.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "datasets/wardrobe/wardrobe.h"
#include "framework/core/atomic_file.h"
#include "tests/datasets/wardrobe/temporary_folder.h"

namespace twinset::wardrobe {
namespace {

using Json = nlohmann::json;

WardrobeOptions small_shards(const TemporaryFolder& folder) {
  WardrobeOptions options;
  options.folder = folder.string();
  options.num_products = 90;
  options.shard_products = 40;
  options.num_queries = 200;
  options.val_fraction = .1;
  options.test_fraction = .2;
  options.num_threads = 1;
  return options;
}

std::map<std::string, std::string> read_folder(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file())
      files[entry.path().lexically_relative(folder).string()] = read_file(entry.path());
  }
  return files;
}

struct Member {
  std::string name, content;
};

// Reads ustar strictly: magic, checksum, time 0, padding, two empty blocks at the end.
std::vector<Member> read_tar(const std::string& bytes) {
  std::vector<Member> members;
  EXPECT_EQ(bytes.size() % 10240, 0u);
  size_t at = 0;
  while (at + 512 <= bytes.size() && bytes[at] != '\0') {
    const std::string header = bytes.substr(at, 512);
    EXPECT_EQ(header.substr(257, 8), std::string("ustar\00000", 8));
    EXPECT_EQ(header[156], '0');
    EXPECT_EQ(std::stoll(header.substr(136, 11), nullptr, 8), 0);
    long sum = 0;
    for (size_t i = 0; i < 512; ++i)
      sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header[i]);
    EXPECT_EQ(std::stol(header.substr(148, 6), nullptr, 8), sum);
    const auto size = static_cast<size_t>(std::stoll(header.substr(124, 11), nullptr, 8));
    members.push_back({header.c_str(), bytes.substr(at + 512, size)});
    at += 512 + (size + 511) / 512 * 512;
  }
  EXPECT_EQ(bytes.substr(at).find_first_not_of('\0'), std::string::npos);
  EXPECT_GE(bytes.size() - at, 1024u);
  return members;
}

TEST(WardrobeShards, BytesAreTheSameForAnyNumberOfThreads) {
  TemporaryFolder one, three;
  WardrobeOptions options = small_shards(one);
  write_wardrobe(options);
  options.folder = three.string();
  options.num_threads = 3;
  write_wardrobe(options);
  const auto a = read_folder(one.path()), b = read_folder(three.path());
  EXPECT_EQ(a.size(), b.size());
  for (const auto& [name, bytes] : a) EXPECT_TRUE(b.at(name) == bytes) << name;
}

TEST(WardrobeShards, HoldPictureAndFlatRecordOfEachProductSideBySide) {
  TemporaryFolder folder;
  const WardrobeSummary summary = write_wardrobe(small_shards(folder));
  std::map<std::string, Json> truths;
  const std::string truth = read_file(folder / "truth.jsonl");
  for (size_t begin = 0; begin < truth.size();) {
    const size_t end = truth.find('\n', begin);
    const Json line = Json::parse(truth.substr(begin, end - begin));
    truths[line["id"]] = line;
    begin = end + 1;
  }
  EXPECT_EQ(truths.size(), 90u);

  std::map<std::string, int64_t> found;
  for (const auto& [name, bytes] : read_folder(folder.path())) {
    if (!name.ends_with(".tar")) continue;
    const std::vector<Member> members = read_tar(bytes);
    ASSERT_EQ(members.size() % 2, 0u);
    EXPECT_LE(members.size(), 80u);
    for (size_t i = 0; i < members.size(); i += 2) {
      const Json record = Json::parse(members[i + 1].content);
      const std::string id = record["id"];
      EXPECT_EQ(members[i].name, id + ".jpg");
      EXPECT_EQ(members[i + 1].name, id + ".json");
      const Json& line = truths.at(id);
      EXPECT_EQ(name.rfind(fmt::format("wardrobe-{}-", line["split"].get<std::string>()), 0), 0u);
      EXPECT_EQ(line["split"], split_of(id, .1, .2));
      EXPECT_EQ(line["title"], record["title"]);
      Json attributes = record;
      attributes.erase("id");
      attributes.erase("title");
      EXPECT_EQ(attributes, line["attributes"]);
      ++found[line["split"]];

      int width = 0, height = 0, sampling = 0, space = 0;
      tjhandle handle = tjInitDecompress();
      const auto* jpeg = reinterpret_cast<const unsigned char*>(members[i].content.data());
      EXPECT_EQ(tjDecompressHeader3(handle, jpeg, members[i].content.size(), &width, &height,
                                    &sampling, &space),
                0);
      tjDestroy(handle);
      EXPECT_EQ(width, 96);
      EXPECT_EQ(height, 96);
    }
  }
  EXPECT_EQ(found, summary.split_products);
  EXPECT_EQ(summary.num_images, 90);
  EXPECT_GT(found["train"], found["test"]);
  EXPECT_GT(found["val"], 0);
}

TEST(WardrobeShards, SearchLogHasAHeadAndATailAndClicksThatFit) {
  TemporaryFolder folder;
  WardrobeOptions options = small_shards(folder);
  options.num_products = 600;
  options.shard_products = 1000;
  options.num_queries = 3000;
  write_wardrobe(options);
  std::map<std::string, Json> attributes;
  const std::string truth = read_file(folder / "truth.jsonl"),
                    log = read_file(folder / "search_log.jsonl");
  const auto lines = [](const std::string& text) {
    std::vector<Json> result;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = text.find('\n', begin);
      result.push_back(Json::parse(text.substr(begin, end - begin)));
      begin = end + 1;
    }
    return result;
  };
  for (const Json& line : lines(truth)) attributes[line["id"]] = line["attributes"];
  int64_t searches = 0, once = 0, clicks = 0, fitting = 0, previous = INT64_MAX;
  const std::vector<Json> queries = lines(log);
  for (const Json& query : queries) {
    const int64_t count = query["searches"];
    EXPECT_LE(count, previous);
    previous = count;
    searches += count;
    once += count == 1 ? 1 : 0;
    for (const auto& [id, number] : query["clicks"].items()) {
      bool fits = true;
      for (const auto& [family, value] : query["attributes"].items()) {
        const Json& has = attributes.at(id).value(family, Json());
        fits = fits && (has == value ||
                        (has.is_array() && std::find(has.begin(), has.end(), value) != has.end()));
      }
      clicks += number.get<int64_t>();
      fitting += fits ? number.get<int64_t>() : 0;
    }
  }
  EXPECT_GT(searches, 2900);
  EXPECT_GT(queries.front()["searches"].get<int64_t>(), searches / 60);
  EXPECT_GT(once, static_cast<int64_t>(queries.size()) / 2);
  EXPECT_GT(fitting, clicks * 90 / 100);
  EXPECT_LT(fitting, clicks);
}

}  // namespace
}  // namespace twinset::wardrobe
