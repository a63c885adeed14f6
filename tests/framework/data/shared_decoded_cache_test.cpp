#include "framework/data/shared_decoded_cache.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <vector>

#include "framework/core/error.h"

namespace twinset {
namespace {

Image image_of(int64_t index) {
  Image image{.width = 20 + static_cast<int>(index % 5), .height = 30, .pixels = {}};
  image.pixels.resize(static_cast<size_t>(image.width * image.height * 3));
  for (size_t i = 0; i < image.pixels.size(); ++i)
    image.pixels[i] = static_cast<uint8_t>(index * 31 + static_cast<int64_t>(i) * 7);
  return image;
}

/// Uses images 0 .. count-1 and returns how many of them had to be decoded; -1 if one was wrong.
int64_t use_all(SharedDecodedCache& cache, int64_t count) {
  int64_t num_decoded = 0;
  bool is_right = true;
  for (int64_t i = 0; i < count; ++i) {
    const auto decode = [&] { return ++num_decoded, image_of(i); };
    cache.with_image(image_key("wardrobe train", i, "place"), decode, [&](const Image& image) {
      const Image expected = image_of(i);
      is_right = is_right && image.width == expected.width && image.height == expected.height &&
                 image.pixels == expected.pixels;
    });
  }
  return is_right ? num_decoded : -1;
}

template <class Body>
int in_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(SharedDecodedCache, AnotherProcessReadsWhatOneDecoded) {
  const auto cache = SharedDecodedCache::make(10 << 20);
  const std::string path = cache->path();
  EXPECT_EQ(in_child([&] { return use_all(*SharedDecodedCache::open(path), 200) == 200 ? 0 : 1; }),
            0);
  EXPECT_EQ(in_child([&] { return use_all(*SharedDecodedCache::open(path), 200) == 0 ? 0 : 1; }),
            0);
  EXPECT_EQ(use_all(*cache, 201), 1);
  EXPECT_EQ(cache->num_kept(), 201);
  EXPECT_EQ(cache->num_reads(), 400);
}

TEST(SharedDecodedCache, KeepsNoMoreThanItsBound) {
  constexpr int64_t kBytes = 64 << 10;
  const auto cache = SharedDecodedCache::make(kBytes);
  EXPECT_EQ(use_all(*cache, 200), 200);
  EXPECT_LE(cache->num_bytes(), kBytes);
  EXPECT_GT(cache->num_bytes(), kBytes * 9 / 10);
  const int64_t num_decoded = use_all(*cache, 200);
  EXPECT_EQ(num_decoded, 200 - cache->num_kept()) << "what does not fit is decoded again";
  const auto nothing = SharedDecodedCache::make(0);
  EXPECT_EQ(use_all(*nothing, 3), 3);
  EXPECT_EQ(use_all(*nothing, 3), 3);
}

TEST(SharedDecodedCache, ManyProcessesAndThreadsAtOnce) {
  const auto cache = SharedDecodedCache::make(10 << 20);
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    children.push_back(::fork());
    if (children.back() != 0) continue;
    std::vector<std::thread> threads;
    std::atomic<bool> is_right{true};
    for (int t = 0; t < 3; ++t)
      threads.emplace_back([&] { is_right = is_right && use_all(*cache, 300) >= 0; });
    for (std::thread& thread : threads) thread.join();
    ::_exit(is_right ? 0 : 1);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(cache->num_kept(), 300);
  EXPECT_EQ(use_all(*cache, 300), 0);
}

TEST(SharedDecodedCache, ProcessesThatAreKilledLeaveNothingBroken) {
  const auto cache = SharedDecodedCache::make(100 << 20);
  for (int round = 0; round < 20; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (int64_t count = 10;; count += 10) use_all(*cache, count);
    }
    ::usleep(static_cast<useconds_t>(500 + round * 200));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ASSERT_GE(use_all(*cache, 400), 0) << "an image was wrong";
  }
  EXPECT_GE(cache->num_kept(), 400 - 20) << "each kill may cost one image its place";
}

TEST(SharedDecodedCache, KeysTellDataSetIndexAndPlaceApart) {
  const ImageKey key = image_key("a", 1, "p");
  for (const ImageKey& other :
       {image_key("b", 1, "p"), image_key("a", 2, "p"), image_key("a", 1, "q")}) {
    EXPECT_NE(key.first, other.first);
    EXPECT_NE(key.second, other.second);
  }
}

TEST(SharedDecodedCache, WhatIsNoneIsTold) {
  EXPECT_THROW(SharedDecodedCache::open("/nowhere"), SystemError);
  EXPECT_THROW(SharedDecodedCache::open("/proc/self/exe"), SystemError);
}

}  // namespace
}  // namespace twinset
