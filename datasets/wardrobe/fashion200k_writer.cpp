#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "datasets/wardrobe/jpeg_encoder.h"
#include "datasets/wardrobe/layouts.h"
#include "datasets/wardrobe/product_record.h"
#include "datasets/wardrobe/renderer.h"
#include "datasets/wardrobe/titles.h"
#include "framework/core/atomic_file.h"
#include "framework/core/thread_pool.h"

namespace twinset::wardrobe {

namespace {

namespace fs = std::filesystem;

struct Row {
  std::string label, split, text, truth;
  int64_t num_bytes = 0;
};

// Detection scores are logarithms of a confidence: the more a picture is turned or cropped, the
// lower.
double detection_score(const Scene& scene) {
  return -.05 - 4 * std::fabs(scene.rotation) - 3 * std::fabs(scene.shear) -
         (scene.zoom > 1 ? .6 : 0) - 20 * scene.noise;
}

std::string dress_folder(const Product& product) {
  const std::string_view length = product.get(Family::kLength),
                         occasion = product.get(Family::kOccasion);
  if (length == "maxi")
    return product.is(Family::kStyle, "elegant") ? "gowns" : "maxi_and_long_dresses";
  if (occasion == "wedding" || occasion == "gala") return "prom_and_formal_dresses";
  if (occasion == "party" || occasion == "date night") return "cocktail_dresses";
  return length == "mini" ? "mini_and_short_dresses" : "casual_and_day_dresses";
}

std::string jacket_folder(const Product& product) {
  const std::string_view material = product.get(Family::kMaterial);
  if (product.is(Family::kCategory, "blazer")) return "blazers_and_suit_jackets";
  if (product.is(Family::kSleeve, "sleeveless")) return "waistcoats_and_gilets";
  if (material == "leather") return "leather_jackets";
  if (material == "denim") return "denim_jackets";
  return material == "nylon" ? "padded_and_down_jackets" : "casual_jackets";
}

std::string pants_folder(const Product& product) {
  const std::string_view shape = product.get(Family::kShape), length = product.get(Family::kLength);
  if (product.is(Family::kCategory, "leggings")) return "leggings";
  if (product.is(Family::kCategory, "shorts") || length == "cropped") return "cropped_pants";
  if (shape == "skinny" || shape == "slim-leg") return "skinny_pants";
  if (shape == "wide-leg" || shape == "flared") return "wide-leg_and_palazzo_pants";
  if (shape == "pleated") return "harem_pants";
  if (product.is(Family::kDetail, "pockets")) return "cargo_pants";
  return product.is(Family::kCategory, "jumpsuit") ? "full_length_pants" : "straight-leg_pants";
}

std::string skirt_folder(const Product& product) {
  const std::string_view length = product.get(Family::kLength);
  return length == "mini"   ? "mini_skirts"
         : length == "midi" ? "mid_length_skirts"
         : length == "maxi" ? "maxi_skirts"
                            : "knee_length_skirts";
}

std::string top_folder(const Product& product) {
  const std::string_view category = product.get(Family::kCategory),
                         sleeve = product.get(Family::kSleeve);
  if (category == "blouse") return "blouses";
  if (category == "shirt") return "shirts";
  if (category == "t-shirt" || category == "polo shirt") return "t-shirts";
  return sleeve == "sleeveless" ? "sleeveless_and_tank_tops"
         : sleeve == "short"    ? "short_sleeve_tops"
                                : "long_sleeved_tops";
}

Row write_product(const WardrobeOptions& options, int64_t index, Renderer& renderer,
                  JpegEncoder& encoder) {
  const Product product = sample_product(options.seed, index, true);
  const Fashion200kPlace place = fashion200k_place(product);
  const std::string title = make_fashion200k_title(options.seed, product);
  Row row;
  row.label = place.label;
  row.split = split_of(product.id, 0, options.test_fraction);
  std::vector<Scene> scenes;
  for (int view = 0; view < static_cast<int>(options.views); ++view) {
    const Scene& scene = scenes.emplace_back(sample_scene(options.seed, product, view));
    const std::string path =
        fmt::format("women/{}/{}/{}_{}.jpeg", place.folder, product.id, product.id, view);
    const std::string jpeg =
        encoder.encode(renderer.render(options.seed, product, scene), renderer.size(),
                       static_cast<int>(options.jpeg_quality));
    AtomicFile file(fs::path(options.folder) / path);
    file.write(jpeg);
    file.commit_unsynced();
    row.num_bytes += static_cast<int64_t>(jpeg.size());
    row.text += fmt::format("{}\t{:.2f}\t{}\n", path, detection_score(scene), title);
  }
  row.truth = truth_line(options.seed, product, row.split, title, scenes);
  return row;
}

std::vector<Row> write_block(const WardrobeOptions& options, int64_t begin, int64_t count,
                             const Progress& progress) {
  constexpr int64_t kChunk = 16;
  std::vector<Row> rows(static_cast<size_t>(count));
  parallel_for((count + kChunk - 1) / kChunk, num_threads_of(options), [&](int64_t chunk) {
    Renderer renderer(static_cast<int>(options.image_size));
    JpegEncoder encoder;
    for (int64_t i = chunk * kChunk; i < std::min(count, (chunk + 1) * kChunk); ++i) {
      progress.check_interrupt();
      rows[static_cast<size_t>(i)] = write_product(options, begin + i, renderer, encoder);
    }
  });
  return rows;
}

}  // namespace

Fashion200kPlace fashion200k_place(const Product& product) {
  const std::string_view category = product.get(Family::kCategory);
  if (category == "dress") return {"dress", "dresses/" + dress_folder(product)};
  if (category == "skirt") return {"skirt", "skirts/" + skirt_folder(product)};
  if (category == "jacket" || category == "coat" || category == "blazer")
    return {"jacket", "jackets/" + jacket_folder(product)};
  if (category == "jeans" || category == "trousers" || category == "leggings" ||
      category == "shorts" || category == "jumpsuit") {
    return {"pants", "pants/" + pants_folder(product)};
  }
  return {"top", "tops/" + top_folder(product)};
}

std::vector<std::string> write_fashion200k(const WardrobeOptions& options, Progress& progress,
                                           WardrobeSummary& summary) {
  const fs::path folder = options.folder;
  std::map<std::string, std::string> labels;
  for (const char* label : {"dress", "jacket", "pants", "skirt", "top"}) {
    for (const char* split : {"train", "test"})
      labels[fmt::format("labels/{}_{}_detect_all.txt", label, split)];
  }
  AtomicFile truth(folder / "truth.jsonl");
  const int64_t block = std::max<int64_t>(kBlockProducts, 32 * num_threads_of(options));
  for (int64_t begin = 0; begin < options.num_products; begin += block) {
    const int64_t count = std::min(block, options.num_products - begin);
    for (const Row& row : write_block(options, begin, count, progress)) {
      labels[fmt::format("labels/{}_{}_detect_all.txt", row.label, row.split)] += row.text;
      truth.write(row.truth);
      summary.split_products[row.split] += 1;
      summary.num_images += options.views;
      summary.num_bytes += row.num_bytes;
    }
    progress.add(count);
  }
  summary.num_files = summary.num_images;
  sync_filesystem(folder);
  std::vector<std::string> files = {"truth.jsonl"};
  for (const auto& [name, text] : labels) {
    write_file(folder / name, text);
    files.push_back(name);
  }
  truth.commit();
  return files;
}

}  // namespace twinset::wardrobe
