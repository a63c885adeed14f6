// Writes crop boxes of real pictures and what `resample` makes of them, for
// compare_with_torchvision.py.
//
//   transform_dump FOLDER 'products-test-*.tar' OUTPUT [image_size]
//
// OUTPUT: records of seven int32 (sample, left, top, width, height, is flipped, size) and size *
// size * 3 bytes.
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "datasets/product_shards.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/data/image.h"
#include "framework/data/random_crop.h"

int main(int argc, char** argv) {
  using namespace twinset;
  if (argc < 4) {
    fmt::print("usage: {} FOLDER SHARDS OUTPUT [image_size]\n", argv[0]);
    return 2;
  }
  const int size = argc > 4 ? std::atoi(argv[4]) : 64;
  try {
    ProductShardsOptions shards;
    shards.root = argv[1];
    shards.train = argv[2];
    const auto dataset = make_product_shards(shards, "train");
    AtomicFile file(argv[3]);
    std::vector<uint8_t> pixels(static_cast<size_t>(size) * static_cast<size_t>(size) * 3);
    for (int64_t i = 0; i < dataset->size(); ++i) {
      const Image image = decode_image(dataset->image_bytes(i), dataset->place(i));
      CounterRandom random(
          {.seed = 0, .epoch = 0, .sample = static_cast<uint64_t>(i), .purpose = "dump"});
      const CropBox box = random_crop(image.width, image.height, 0.08, 4.0 / 3.0, random);
      const bool is_flipped = random.bernoulli(0.5);
      resample(image, box, size, is_flipped, pixels.data());
      const std::array<int32_t, 7> head = {
          static_cast<int32_t>(i), box.left, box.top, box.width, box.height, is_flipped, size};
      file.write(head.data(), sizeof head);
      file.write(pixels.data(), pixels.size());
    }
    file.commit();
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
