#include "experiments/pinlanding/pages/shop_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

#include "eval/escape_html.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

// JSON inside a script element must not close it.
std::string script_json(const Json& json) {
  std::string text = json.dump();
  for (size_t at = text.find("</"); at != std::string::npos; at = text.find("</", at))
    text.replace(at, 2, "<\\/");
  return text;
}

struct PageHead {
  std::string title, description, path, image;
  std::string to_root;  // "" or "../"
  Json structured;
};

std::string head_html(const PageHead& head, const PagesOptions& options) {
  const std::string url = escape_html(options.base_url + head.path);
  return fmt::format(R"(<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<meta name="description" content="{description}">
<link rel="canonical" href="{url}">
<link rel="icon" href="data:,">
<meta property="og:type" content="website">
<meta property="og:site_name" content="{site}">
<meta property="og:title" content="{title}">
<meta property="og:description" content="{description}">
<meta property="og:url" content="{url}">
<meta property="og:image" content="{image}">
<link rel="stylesheet" href="{root}style.css">
<script type="application/ld+json">{structured}</script>
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header class="bar"><div>
<a class="brand" href="{root}index.html">{site}</a>
<form class="search" id="search" role="search" action="{root}index.html" method="get">
<input id="q" name="q" type="search" placeholder="Search collections" aria-label="Search collections" autocomplete="off">
</form>
</div></header>
<main id="content">
)",
                     fmt::arg("language", escape_html(options.language)),
                     fmt::arg("title", escape_html(head.title)),
                     fmt::arg("description", escape_html(head.description)), fmt::arg("url", url),
                     fmt::arg("site", escape_html(options.name)),
                     fmt::arg("image", escape_html(options.base_url + head.image)),
                     fmt::arg("root", head.to_root),
                     fmt::arg("structured", script_json(head.structured)));
}

std::string foot_html(const PagesOptions& options, size_t num_collections) {
  return fmt::format(
      "</main>\n<footer class=\"foot\"><div>{} &middot; {} collections</div></footer>\n",
      escape_html(options.name), num_collections);
}

std::string image_html(const PageImage& image, const std::string& alt, const std::string& to_root,
                       bool is_lazy) {
  return fmt::format(R"(<img src="{}{}" alt="{}" width="{}" height="{}"{}>)", to_root,
                     escape_html(image.file), escape_html(alt), image.width, image.height,
                     is_lazy ? R"( loading="lazy")" : "");
}

std::string card_html(const PageCollection& collection, const std::string& to_root, bool is_lazy) {
  const bool has_four = collection.products.size() >= 4;
  std::string images;
  for (size_t i = 0; i < (has_four ? 4U : 1U); ++i) {
    // The title says it once; further pictures of the same link would only repeat it.
    images += image_html(collection.products[i].image, i == 0 ? collection.products[i].title : "",
                         to_root, is_lazy);
  }
  std::string words = collection.title;
  for (const Attribute& attribute : collection.attributes) words += " " + attribute.value;
  std::transform(words.begin(), words.end(), words.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
  });
  return fmt::format(
      "<li class=\"card\" data-words=\"{}\"><a href=\"{}{}\"><div "
      "class=\"mosaic{}\">{}</div><h3>{}</h3></a><p>{} {}</p></li>\n",
      escape_html(words), to_root, collection.path(), has_four ? "" : " one", images,
      escape_html(collection.title), collection.products.size(),
      collection.products.size() == 1 ? "piece" : "pieces");
}

std::string group_id(const std::string& group) { return "group-" + slugs_of({group}).front(); }

Json product_json(const PageProduct& product, const PagesOptions& options) {
  Json json = {{"@type", "Product"},
               {"name", product.title},
               {"sku", product.id},
               {"image", options.base_url + product.image.file}};
  for (const Attribute& attribute : product.attributes) {
    if (attribute.key == "brand") {
      json["brand"] = {{"@type", "Brand"}, {"name", attribute.value}};
    } else if (attribute.key == "material") {
      json["material"].push_back(attribute.value);
    } else if (attribute.key == "colour" || attribute.key == "color" ||
               attribute.key == "baseColour") {
      json["color"] = attribute.value;
    } else {
      json["additionalProperty"].push_back(
          {{"@type", "PropertyValue"}, {"name", attribute.key}, {"value", attribute.value}});
    }
  }
  return json;
}

Json structured_data(const PageCollection& collection, const std::string& description,
                     const PagesOptions& options) {
  Json items = Json::array();
  for (size_t i = 0; i < collection.products.size(); ++i)
    items.push_back({{"@type", "ListItem"},
                     {"position", i + 1},
                     {"item", product_json(collection.products[i], options)}});
  const std::string url = options.base_url + collection.path();
  Json page = {{"@type", "CollectionPage"},
               {"@id", url},
               {"url", url},
               {"name", collection.title},
               {"description", description},
               {"mainEntity",
                {{"@type", "ItemList"},
                 {"numberOfItems", collection.products.size()},
                 {"itemListElement", items}}}};
  const auto crumb = [](int position, const std::string& name, const std::string& address) {
    return Json{{"@type", "ListItem"}, {"position", position}, {"name", name}, {"item", address}};
  };
  Json crumbs = {
      {"@type", "BreadcrumbList"},
      {"itemListElement", Json::array({crumb(1, options.name, options.base_url + "index.html"),
                                       crumb(2, collection.title, url)})}};
  return {{"@context", "https://schema.org"}, {"@graph", Json::array({page, crumbs})}};
}

double jaccard(size_t common, size_t a, size_t b) {
  return static_cast<double>(common) / static_cast<double>(a + b - common);
}

template <class Key>
using Postings = std::unordered_map<Key, std::vector<size_t>>;

std::map<size_t, size_t> overlaps(const Postings<std::string>& postings,
                                  const std::set<std::string>& keys) {
  std::map<size_t, size_t> counts;
  for (const std::string& key : keys) {
    for (const size_t other : postings.at(key)) ++counts[other];
  }
  return counts;
}

}  // namespace

std::string display_title(const std::string& title) {
  std::string text = title;
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::vector<std::string> slugs_of(const std::vector<std::string>& titles) {
  std::vector<std::string> slugs;
  std::set<std::string> taken;
  for (const std::string& title : titles) {
    std::string slug;
    for (const char c : title) {
      const bool is_upper = c >= 'A' && c <= 'Z';
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || is_upper) {
        slug += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
      } else if (c != '\'' && !slug.empty() && slug.back() != '-') {
        slug += '-';
      }
    }
    while (!slug.empty() && slug.back() == '-') slug.pop_back();
    if (slug.empty()) slug = "collection";
    std::string unique = slug;
    for (int i = 2; !taken.insert(unique).second; ++i) unique = fmt::format("{}-{}", slug, i);
    slugs.push_back(unique);
  }
  return slugs;
}

std::vector<std::vector<size_t>> related_collections(const std::vector<PageCollection>& collections,
                                                     int64_t num_related) {
  std::vector<std::set<std::string>> attributes(collections.size()), products(collections.size());
  Postings<std::string> by_attribute, by_product;
  for (size_t i = 0; i < collections.size(); ++i) {
    for (const Attribute& attribute : collections[i].attributes)
      attributes[i].insert(attribute.phrase());
    for (const PageProduct& product : collections[i].products) products[i].insert(product.id);
    for (const std::string& key : attributes[i]) by_attribute[key].push_back(i);
    for (const std::string& key : products[i]) by_product[key].push_back(i);
  }
  std::vector<std::vector<size_t>> related(collections.size());
  for (size_t i = 0; i < collections.size(); ++i) {
    std::map<size_t, double> scores;
    for (const auto& [other, common] : overlaps(by_attribute, attributes[i]))
      scores[other] += jaccard(common, attributes[i].size(), attributes[other].size());
    for (const auto& [other, common] : overlaps(by_product, products[i]))
      scores[other] += jaccard(common, products[i].size(), products[other].size());
    scores.erase(i);
    std::vector<std::pair<size_t, double>> order(scores.begin(), scores.end());
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    for (size_t r = 0; r < std::min(order.size(), static_cast<size_t>(num_related)); ++r)
      related[i].push_back(order[r].first);
  }
  return related;
}

std::string index_html(const std::vector<PageCollection>& collections,
                       const PagesOptions& options) {
  std::map<std::string, std::vector<size_t>> by_group;
  for (size_t i = 0; i < collections.size(); ++i) by_group[collections[i].group].push_back(i);
  std::vector<std::pair<std::string, std::vector<size_t>>> groups(by_group.begin(), by_group.end());
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  const Json structured = {{"@context", "https://schema.org"},
                           {"@type", "WebSite"},
                           {"name", options.name},
                           {"url", options.base_url},
                           {"description", options.tagline}};
  std::string page = head_html({options.name, options.tagline, "",
                                collections.front().products.front().image.file, "", structured},
                               options);
  page += fmt::format(
      "<div class=\"hero\"><h1>{}</h1>\n<p class=\"lead\">{} collections</p>\n<ul "
      "class=\"chips\">\n",
      escape_html(options.tagline), collections.size());
  for (const auto& [group, members] : groups)
    page += fmt::format("<li><a href=\"#{}\">{} <b>{}</b></a></li>\n", group_id(group),
                        escape_html(display_title(group)), members.size());
  page += "</ul></div>\n<p class=\"none\" id=\"none\" role=\"status\" hidden></p>\n";
  for (const auto& [group, members] : groups) {
    page += fmt::format(
        "<section class=\"group\" id=\"{}\"><h2>{} <small>{}</small></h2>\n<ul class=\"grid\">\n",
        group_id(group), escape_html(display_title(group)), members.size());
    const auto num_first = static_cast<size_t>(options.num_first);
    for (size_t i = 0; i < members.size(); ++i) {
      if (i == num_first)
        page += fmt::format(
            "</ul>\n<details><summary>All {} collections</summary>\n<ul class=\"grid\">\n",
            members.size());
      page += card_html(collections[members[i]], "", true);
    }
    page += members.size() > num_first ? "</ul></details></section>\n" : "</ul></section>\n";
  }
  return page + foot_html(options, collections.size()) +
         "<script src=\"search.js\"></script>\n</body>\n</html>\n";
}

std::string collection_html(const std::vector<PageCollection>& collections, size_t index,
                            const PagesOptions& options) {
  const PageCollection& collection = collections[index];
  const std::string description = fmt::format("{} pieces in {}: {}.", collection.products.size(),
                                              collection.title, collection.products.front().title);
  std::string page = head_html({collection.title + " | " + options.name, description,
                                collection.path(), collection.products.front().image.file, "../",
                                structured_data(collection, description, options)},
                               options);
  page += fmt::format(
      "<nav class=\"crumbs\" aria-label=\"Breadcrumb\"><ol><li><a "
      "href=\"../index.html\">{}</a></li><li><a href=\"../index.html#{}\">{}</a></li>"
      "<li aria-current=\"page\">{}</li></ol></nav>\n",
      escape_html(options.name), group_id(collection.group),
      escape_html(display_title(collection.group)), escape_html(collection.title));
  page += fmt::format(
      "<div class=\"hero\"><h1>{}</h1>\n<ul class=\"chips\" aria-label=\"What all pieces have in "
      "common\">\n",
      escape_html(collection.title));
  for (const Attribute& attribute : collection.attributes)
    page += fmt::format("<li><span><b>{}</b> {}</span></li>\n", escape_html(attribute.key),
                        escape_html(attribute.value));
  page += "</ul></div>\n<ul class=\"grid products\">\n";
  for (size_t i = 0; i < collection.products.size(); ++i) {
    const PageProduct& product = collection.products[i];
    page += fmt::format(
        "<li class=\"product\"><figure>{}<figcaption>{}</figcaption></figure></li>\n",
        image_html(product.image, product.title, "../", i >= 8), escape_html(product.title));
  }
  page += "</ul>\n";
  if (!collection.related.empty()) {
    page +=
        "<section aria-label=\"Related collections\"><h2>You may also like</h2>\n<ul "
        "class=\"grid\">\n";
    for (const size_t other : collection.related)
      page += card_html(collections[other], "../", true);
    page += "</ul></section>\n";
  }
  return page + foot_html(options, collections.size()) + "</body>\n</html>\n";
}

std::string sitemap_xml(const std::vector<PageCollection>& collections,
                        const PagesOptions& options) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset "
      "xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n";
  xml += fmt::format("<url><loc>{}</loc></url>\n", escape_html(options.base_url));
  for (const PageCollection& collection : collections)
    xml += fmt::format("<url><loc>{}</loc></url>\n",
                       escape_html(options.base_url + collection.path()));
  return xml + "</urlset>\n";
}

std::string robots_txt(const PagesOptions& options) {
  return fmt::format("User-agent: *\nAllow: /\nSitemap: {}sitemap.xml\n", options.base_url);
}

}  // namespace twinset::pinlanding
