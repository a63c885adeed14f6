// The HTML of a static shop: what is shown, without files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/pinlanding/pages/page_options.h"
#include "framework/data/dataset.h"

namespace twinset::pinlanding {

struct PageImage {
  std::string file;  ///< relative to the site: "images/42.jpg"
  int width = 0, height = 0;
};

struct PageProduct {
  std::string id;
  std::string title;
  std::vector<Attribute> attributes;
  PageImage image;
};

struct PageCollection {
  std::string title;  ///< as people read it, "Black party dress"
  std::string slug;   ///< of the address, "black-party-dress"
  std::string group;  ///< where it stands on the first page
  std::vector<Attribute> attributes;
  std::vector<PageProduct> products;  ///< at least one
  std::vector<size_t> related;        ///< other collections, nearest first

  std::string path() const { return "collections/" + slug + ".html"; }
};

/// "Black party dress" of "black party dress".
std::string display_title(const std::string& title);

/// Lower-case letters and digits of a title joined by "-", and "-2" and so on behind one that is
/// taken; "collection" if it has none.
std::vector<std::string> slugs_of(const std::vector<std::string>& titles);

/// For each collection the nearest others, by the sum of the Jaccard indices of attributes and of
/// products; ties: the earlier one. Those that share nothing are left out.
std::vector<std::vector<size_t>> related_collections(const std::vector<PageCollection>& collections,
                                                     int64_t num_related);

/// The first page: groups, the largest first, and a search box that needs no server.
std::string index_html(const std::vector<PageCollection>& collections, const PagesOptions& options);

/// One collection's page, with structured data (schema.org CollectionPage, ItemList, Product,
/// BreadcrumbList).
std::string collection_html(const std::vector<PageCollection>& collections, size_t index,
                            const PagesOptions& options);

/// Every page's address. Source: sitemaps.org, protocol 0.9.
std::string sitemap_xml(const std::vector<PageCollection>& collections,
                        const PagesOptions& options);
std::string robots_txt(const PagesOptions& options);

}  // namespace twinset::pinlanding
