#include "experiments/pinlanding/pages/pages_stage.h"

#include <fmt/format.h>

#include <unordered_map>

#include "eval/judged/collection.h"
#include "experiments/pinlanding/pages/shop_page.h"
#include "experiments/pinlanding/pages/shop_style.h"
#include "experiments/pinlanding/records/assigned_products.h"
#include "experiments/pinlanding/records/catalogue_images.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "framework/data/image.h"

namespace twinset::pinlanding {
namespace {

namespace fs = std::filesystem;

// The most that a sitemap may list (sitemaps.org).
constexpr size_t kMaxPages = 49'999;

PagesOptions options_of(const StageContext& context) {
  const Node* node = context.config.find("pages");
  auto options = read_options<PagesOptions>(node == nullptr ? Node() : *node, "pages");
  const bool is_url =
      options.base_url.starts_with("https://") || options.base_url.starts_with("http://");
  if (!is_url || !options.base_url.ends_with("/")) {
    throw ConfigError({.where = "pages.base_url",
                       .what = "is '" + options.base_url + "'",
                       .expected = "an address such as https://shop.example/, with / at its end"});
  }
  return options;
}

std::string extension_of(const std::string& bytes) {
  if (bytes.starts_with("\x89PNG")) return ".png";
  return bytes.starts_with("RIFF") ? ".webp" : ".jpg";
}

// A name that is safe in a file system and in an address.
std::string image_stem(const std::string& id) {
  std::string stem;
  for (const char c : id) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    stem += is_plain ? std::string(1, c) : fmt::format("~{:02x}", static_cast<unsigned char>(c));
  }
  return stem;
}

class Site {
 public:
  explicit Site(const StageContext& context)
      : context_(context),
        options_(options_of(context)),
        unfinished_(context.file("pages.unfinished")) {}

  std::string run() {
    auto collections = read_collections(context_.file("feeds/collections.jsonl"));
    if (options_.max_collections > 0 && std::ssize(collections) > options_.max_collections)
      collections.resize(static_cast<size_t>(options_.max_collections));
    if (collections.size() > kMaxPages) {
      throw ConfigError({.where = "pages.max_collections",
                         .what = fmt::format("there are {} collections", collections.size()),
                         .expected = fmt::format("at most {}, as a sitemap may list", kMaxPages),
                         .todo = "set it"});
    }
    fs::remove_all(unfinished_);
    try {
      fs::create_directories(unfinished_ / "images");
      fs::create_directories(unfinished_ / "collections");
      read_products(collections);
      write_pages(page_collections(collections));
    } catch (...) {
      std::error_code ignored;
      fs::remove_all(unfinished_, ignored);
      throw;
    }
    move_to_place();
    return fmt::format("{} pages and {} pictures; open {}", collections.size() + 1, images_.size(),
                       context_.file("pages/index.html").string());
  }

 private:
  void read_products(const std::vector<Collection>& collections) {
    for (const Collection& collection : collections) {
      for (const std::string& id : collection.products) products_[id];
    }
    for (const auto& file : assigned_partitions(context_.folder)) {
      for_each_assigned(file, [&](const AssignedProduct& assigned, const std::string&) {
        const auto product = products_.find(assigned.id);
        if (product != products_.end())
          product->second = {assigned.id,
                             assigned.title.empty() ? assigned.id : assigned.title,
                             assigned.attributes,
                             {}};
      });
    }
    const CatalogueImages images(context_);
    for (auto& [id, product] : products_) {
      stop_if_asked();
      if (product.id.empty()) {
        throw DataError({.where = context_.file("feeds/collections.jsonl").string(),
                         .what = "shows the product '" + id + "', which was not assigned",
                         .expected = "products of assign/products-*.jsonl",
                         .todo = "run the stage feeds again"});
      }
      const std::string bytes = images.bytes(id);
      const Image image = decode_image(bytes, "the picture of product '" + id + "'");
      product.image = {"images/" + image_stem(id) + extension_of(bytes), image.width, image.height};
      write_unsynced(product.image.file, bytes);
      images_.push_back(product.image.file);
    }
  }

  std::vector<PageCollection> page_collections(const std::vector<Collection>& collections) const {
    std::vector<std::string> titles;
    for (const Collection& collection : collections) titles.push_back(collection.title);
    const auto slugs = slugs_of(titles);
    std::vector<PageCollection> pages;
    for (size_t i = 0; i < collections.size(); ++i) {
      PageCollection& page = pages.emplace_back();
      page.title = display_title(collections[i].title);
      page.slug = slugs[i];
      page.attributes = collections[i].attributes;
      page.group = "other";
      for (const Attribute& attribute : page.attributes) {
        if (attribute.key == options_.group_family) page.group = attribute.value;
      }
      for (const std::string& id : collections[i].products)
        page.products.push_back(products_.at(id));
    }
    auto related = related_collections(pages, options_.num_related);
    for (size_t i = 0; i < pages.size(); ++i) pages[i].related = std::move(related[i]);
    return pages;
  }

  void write_pages(const std::vector<PageCollection>& pages) const {
    for (size_t i = 0; i < pages.size(); ++i) {
      stop_if_asked();
      write_unsynced(pages[i].path(), collection_html(pages, i, options_));
    }
    write_unsynced("style.css", kShopStyle);
    write_unsynced("search.js", kShopScript);
    write_unsynced("sitemap.xml", sitemap_xml(pages, options_));
    write_unsynced("robots.txt", robots_txt(options_));
    write_unsynced("index.html", index_html(pages, options_));
    sync_filesystem(unfinished_);
  }

  void write_unsynced(const std::string& name, std::string_view content) const {
    AtomicFile file(unfinished_ / name);
    file.write(content);
    file.commit_unsynced();
  }

  void move_to_place() const {
    const fs::path place = context_.file("pages"), old = context_.file("pages.old");
    fs::remove_all(old);
    if (fs::exists(place)) fs::rename(place, old);
    fs::rename(unfinished_, place);
    fs::remove_all(old);
  }

  static void stop_if_asked() {
    if (interrupt_requested())
      throw Interrupted({.where = "pages", .what = "stopped", .todo = "run it again"});
  }

  const StageContext& context_;
  PagesOptions options_;
  fs::path unfinished_;
  std::unordered_map<std::string, PageProduct> products_;
  std::vector<std::string> images_;
};

}  // namespace

Stage pages_stage() {
  Stage stage;
  stage.name = "pages";
  stage.help = "a static site of the collections";
  stage.options = describe_options<PagesOptions>();
  stage.reads = {"feeds/collections.jsonl", "assign/products-*.jsonl"};
  stage.config_keys = {"dataset"};
  stage.check = [](const StageContext& context) { options_of(context); };
  stage.run = [](const StageContext& context) { return Site(context).run(); };
  return stage;
}

}  // namespace twinset::pinlanding
