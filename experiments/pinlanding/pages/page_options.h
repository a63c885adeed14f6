#pragma once

#include <string>

#include "framework/core/options.h"

namespace twinset::pinlanding {

struct PagesOptions {
  std::string name = "Collections";
  std::string tagline = "Find your next favourite by what it is, not by where it is filed.";
  std::string base_url = "https://shop.example/";
  std::string language = "en";
  std::string group_family = "category";
  int64_t max_collections = 0;
  int64_t num_first = 8;
  int64_t num_related = 6;

  template <class V>
  void visit(V&& v) {
    v("name", name, Field{.help = "of the site"});
    v("tagline", tagline, Field{.help = "a sentence under the name"});
    v("base_url", base_url,
      Field{.help = "where the site will stand: canonical links, sitemap.xml and structured data "
                    "name it; ends in /"});
    v("language", language, Field{.help = "of the pages, as HTML writes it"});
    v("group_family", group_family,
      Field{.help = "collections of one value stand together on the first page"});
    v("max_collections", max_collections, Field{.help = "the best so many; 0: all", .min = 0});
    v("num_first", num_first,
      Field{.help = "collections of a group that are seen before its list is opened", .min = 1});
    v("num_related", num_related, Field{.help = "on a collection's page", .min = 0});
  }
};

}  // namespace twinset::pinlanding
