// Builds the feeds of the files that feed_speed.py writes, and prints how long it took:
//   feed_speed FOLDER THREADS K OUT
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "experiments/pinlanding/feeds/feed_builder.h"
#include "framework/core/atomic_file.h"

namespace {

template <class T>
std::vector<T> read_array(const std::filesystem::path& file) {
  const std::string bytes = twinset::read_file(file);
  std::vector<T> values(bytes.size() / sizeof(T));
  std::copy_n(bytes.data(), values.size() * sizeof(T), reinterpret_cast<char*>(values.data()));
  return values;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace twinset::pinlanding;
  if (argc != 5) {
    std::fputs("usage: feed_speed FOLDER THREADS K OUT\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  // The graph as rows (product, attribute, confidence), as a table has them, by product.
  const auto products = read_array<int32_t>(folder / "graph_product.bin");
  const auto columns = read_array<int32_t>(folder / "graph_attribute.bin");
  const auto confidences = read_array<float>(folder / "graph_confidence.bin");
  const auto topic_rows = read_array<int32_t>(folder / "topic.bin");
  const auto topic_columns = read_array<int32_t>(folder / "topic_attribute.bin");

  const auto begin = std::chrono::steady_clock::now();
  const auto num_products = static_cast<size_t>(products.back()) + 1;
  std::vector<int64_t> offsets(num_products + 1);
  for (const int32_t p : products) ++offsets[static_cast<size_t>(p) + 1];
  for (size_t p = 0; p < num_products; ++p) offsets[p + 1] += offsets[p];
  std::vector<int64_t> counts;
  for (const int32_t a : columns) {
    if (static_cast<size_t>(a) >= counts.size()) counts.resize(static_cast<size_t>(a) + 1);
    ++counts[static_cast<size_t>(a)];
  }
  std::vector<std::vector<int32_t>> topics(static_cast<size_t>(topic_rows.back()) + 1);
  for (size_t i = 0; i < topic_rows.size(); ++i)
    topics[static_cast<size_t>(topic_rows[i])].push_back(topic_columns[i]);
  std::vector<std::string> ids;
  ids.reserve(num_products);
  for (size_t p = 0; p < num_products; ++p) ids.push_back(fmt::format("{:08}", p));
  FeedBuilder builder(topics, {}, counts,
                      {.k = std::stol(argv[3]), .num_threads = std::stoi(argv[2])});
  builder.add({ids, offsets, columns, confidences, {}});
  const auto feeds = builder.finish();
  const double seconds = seconds_since(begin);

  std::string text;
  for (size_t t = 0; t < feeds.size(); ++t) {
    for (size_t i = 0; i < feeds[t].size(); ++i)
      text += fmt::format("{} {} {} {}\n", t, i, std::stoi(feeds[t][i].id), feeds[t][i].score);
  }
  twinset::write_file(argv[4], text);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("{{\"seconds\": {}, \"peak_mib\": {}}}\n", seconds, usage.ru_maxrss / 1024);
}
