#include "experiments/pinlanding/extract/catalog_provider.h"

#include <fmt/format.h>

#include <map>
#include <set>

namespace twinset::pinlanding {
namespace {

class CatalogProvider : public AttributeProvider {
 public:
  explicit CatalogProvider(const Node& fields) {
    const std::string where = "extract.provider.fields";
    if (!fields.is_map())
      throw ConfigError({.where = fields.where(where),
                         .what = "is " + fields.describe(),
                         .expected = "a map such as {articleType: category}"});
    for (const auto& [field, family] : fields.as_map()) {
      if (!family.is_string())
        throw ConfigError({.where = family.where(where + "." + field),
                           .what = "is " + family.describe(),
                           .expected = "the name of a family"});
      families_[field] = family.as_string();
    }
  }

  void extract(const std::vector<CatalogueProduct>& products, const UseAnswer& use) override {
    check_fields(products);
    for (size_t i = 0; i < products.size(); ++i) {
      ExtractAnswer answer;
      for (const Attribute& attribute : products[i].record().attributes) {
        const auto family = families_.find(attribute.key);
        if (families_.empty())
          answer.attributes.push_back(attribute);
        else if (family != families_.end())
          answer.attributes.push_back({family->second, attribute.value});
      }
      use(i, std::move(answer));
    }
  }

 private:
  void check_fields(const std::vector<CatalogueProduct>& products) const {
    std::set<std::string> known;
    for (const CatalogueProduct& product : products) {
      for (const Attribute& attribute : product.record().attributes) known.insert(attribute.key);
    }
    for (const auto& [field, family] : families_) {
      if (!known.contains(field))
        throw_unknown_name("extract.provider.fields", "field", field, {known.begin(), known.end()});
    }
  }

  std::map<std::string, std::string> families_;
};

}  // namespace

std::unique_ptr<AttributeProvider> make_catalog_provider(const CatalogProviderOptions& options,
                                                         const ProviderContext&) {
  return std::make_unique<CatalogProvider>(options.fields);
}

}  // namespace twinset::pinlanding
