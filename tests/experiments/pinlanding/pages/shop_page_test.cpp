#include "experiments/pinlanding/pages/shop_page.h"

#include <gmock/gmock.h>

namespace twinset::pinlanding {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

PageProduct product(const std::string& id) {
  return {id, "Product " + id, {{"colour", "black"}}, {"images/" + id + ".jpg", 96, 96}};
}

PageCollection collection(const std::string& title, const std::vector<Attribute>& attributes,
                          const std::vector<std::string>& ids) {
  PageCollection result{.title = title,
                        .slug = slugs_of({title}).front(),
                        .group = "dress",
                        .attributes = attributes};
  for (const std::string& id : ids) result.products.push_back(product(id));
  return result;
}

TEST(SlugsOf, AreSafeAndUnique) {
  EXPECT_THAT(
      slugs_of({"Women's black dress", "women's BLACK dress!", "7/8 trousers", "\xc3\xa9\xc3\xa9"}),
      ElementsAre("womens-black-dress", "womens-black-dress-2", "7-8-trousers", "collection"));
}

TEST(RelatedCollections, AreNearestByAttributesAndProducts) {
  const Attribute black{"colour", "black"}, red{"colour", "red"}, dress{"category", "dress"},
      coat{"category", "coat"};
  const auto related = related_collections(
      {collection("a", {black, dress}, {"1", "2"}), collection("b", {red, dress}, {"3"}),
       collection("c", {black, dress}, {"2", "4"}),
       collection("d", {{"colour", "teal"}, coat}, {"9"})},
      6);
  EXPECT_THAT(related[0], ElementsAre(2, 1));
  EXPECT_THAT(related[1], ElementsAre(0, 2));
  EXPECT_THAT(related[3], IsEmpty());
}

TEST(CollectionHtml, EscapesWhatMerchantsWrite) {
  auto page = collection("Rock & <b>Roll</b>", {{"style", "\"punk\""}}, {"1"});
  page.products[0].title = "</script><img src=x>";
  const std::string html = collection_html({page}, 0, {});
  EXPECT_THAT(html, HasSubstr("<h1>Rock &amp; &lt;b&gt;Roll&lt;/b&gt;</h1>"));
  EXPECT_THAT(html, HasSubstr("<b>style</b> &quot;punk&quot;"));
  EXPECT_THAT(html, HasSubstr(R"("name":"<\/script><img src=x>")"));
  EXPECT_THAT(html, Not(HasSubstr("</script><img")));
}

TEST(Sitemap, ListsEveryPage) {
  PagesOptions options;
  options.base_url = "https://a.example/shop/";
  const std::string xml = sitemap_xml({collection("Black dress", {}, {"1"})}, options);
  EXPECT_THAT(xml, HasSubstr("<loc>https://a.example/shop/</loc>"));
  EXPECT_THAT(xml, HasSubstr("<loc>https://a.example/shop/collections/black-dress.html</loc>"));
  EXPECT_THAT(robots_txt(options), HasSubstr("Sitemap: https://a.example/shop/sitemap.xml"));
}

}  // namespace
}  // namespace twinset::pinlanding
