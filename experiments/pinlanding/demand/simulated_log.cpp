#include "experiments/pinlanding/demand/simulated_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "datasets/builtin.h"
#include "datasets/wardrobe/clicks.h"
#include "experiments/pinlanding/training_config.h"
#include "framework/core/error.h"
#include "framework/core/random.h"

namespace twinset::pinlanding {
namespace {

constexpr const char* kFields = "demand.log.fields";

struct AskedField {
  std::string name, family;
  double share = 0;
};

struct MadeUpQuery {
  std::vector<Attribute> asked;  // by the catalogue's fields
  int64_t searches = 0;
};

std::vector<AskedField> asked_fields(const SimulatedLogOptions& options) {
  const auto wrong = [](const Node& node, const std::string& where, const char* expected) {
    throw ConfigError(
        {.where = node.where(where), .what = "is " + node.describe(), .expected = expected});
  };
  const char* const kExample = "a map such as {colour: 0.5, articleType: 0.95}";
  if (!options.fields.is_map()) wrong(options.fields, kFields, kExample);
  if (options.fields.as_map().empty())
    throw ConfigError(
        {.where = options.fields.where(kFields), .what = "is empty", .expected = kExample});
  if (!options.families.is_map())
    wrong(options.families, "demand.log.families", "a map such as {articleType: category}");
  std::vector<AskedField> fields;
  for (const auto& [name, share] : options.fields.as_map()) {
    const double value = share.is_float() ? share.as_float()
                         : share.is_int() ? static_cast<double>(share.as_int())
                                          : -1;
    if (!(value > 0 && value <= 1))
      wrong(share, std::string(kFields) + "." + name, "a share above 0, up to 1");
    const Node* family = options.families.find(name);
    if (family != nullptr && !family->is_string())
      wrong(*family, "demand.log.families." + name, "the name of a family");
    fields.push_back({name, family == nullptr ? name : family->as_string(), value});
  }
  return fields;
}

class SimulatedLog : public SearchLog {
 public:
  SimulatedLog(const SimulatedLogOptions& options, const Node& reader)
      : options_(options), reader_(reader), fields_(asked_fields(options)) {}

  std::vector<std::filesystem::path> files() const override { return dataset_files(reader_); }

  void read(const UseSearch& use) const override {
    const std::vector<ProductRecord> products = read_catalogue();
    for (const auto& [text, query] : make_queries(products)) {
      LoggedSearch search;
      search.query = text;
      search.searches = static_cast<double>(query.searches);
      for (const Attribute& asked : query.asked)
        search.attributes.push_back({family_of(asked.key), asked.value});
      click(text, query, products, search);
      use(std::move(search), fmt::format("the simulated search '{}'", text));
    }
  }

 private:
  std::vector<ProductRecord> read_catalogue() const {
    DatasetRegistry datasets("dataset.reader");
    register_builtin_datasets(datasets);
    std::vector<ProductRecord> products;
    std::set<std::string> known;
    for (const char* split : {"train", "val", "test"}) {
      const auto dataset = datasets.create(reader_, split);
      for (int64_t i = 0; i < dataset->size(); ++i) {
        products.push_back(dataset->record(i));
        for (const Attribute& attribute : products.back().attributes) known.insert(attribute.key);
      }
    }
    for (const AskedField& field : fields_) {
      if (!known.contains(field.name))
        throw_unknown_name(kFields, "field", field.name, {known.begin(), known.end()});
    }
    return products;
  }

  // By their text.
  std::map<std::string, MadeUpQuery> make_queries(
      const std::vector<ProductRecord>& products) const {
    std::map<std::string, MadeUpQuery> queries;
    for (int64_t i = 0; i < options_.num_searches; ++i) {
      CounterRandom random(
          {static_cast<uint64_t>(options_.seed), 0, static_cast<uint64_t>(i), "simulated search"});
      const ProductRecord& wanted = products[random.below(products.size())];
      std::string text;
      std::vector<Attribute> asked;
      for (const AskedField& field : fields_) {
        if (!random.bernoulli(field.share)) continue;
        for (const Attribute& attribute : wanted.attributes) {
          if (attribute.key != field.name) continue;
          text += (text.empty() ? "" : " ") + attribute.value;
          asked.push_back(attribute);
        }
      }
      if (text.empty()) continue;
      MadeUpQuery& query = queries[text];
      if (query.searches++ == 0) query.asked = std::move(asked);
    }
    return queries;
  }

  void click(const std::string& text, const MadeUpQuery& query,
             const std::vector<ProductRecord>& products, LoggedSearch& search) const {
    std::vector<int64_t> found;
    for (size_t i = 0; i < products.size(); ++i) {
      const auto has = [&](const Attribute& asked) {
        const auto& own = products[i].attributes;
        return std::any_of(own.begin(), own.end(), [&](const Attribute& attribute) {
          return attribute.key == asked.key && attribute.value == asked.value;
        });
      };
      if (std::all_of(query.asked.begin(), query.asked.end(), has))
        found.push_back(static_cast<int64_t>(i));
    }
    search.results = std::ssize(found);
    const auto clicks = wardrobe::simulate_clicks(
        std::move(found), std::ssize(products), query.searches, options_.stray_click_share,
        CounterRandom(
            {static_cast<uint64_t>(options_.seed), 0, purpose_id(text), "simulated clicks"}));
    for (const auto& [product, number] : clicks)
      search.clicks[products[static_cast<size_t>(product)].id] += number;
  }

  const std::string& family_of(const std::string& field) const {
    return std::find_if(fields_.begin(), fields_.end(),
                        [&](const AskedField& f) { return f.name == field; })
        ->family;
  }

  SimulatedLogOptions options_;
  Node reader_;
  std::vector<AskedField> fields_;
};

}  // namespace

std::unique_ptr<SearchLog> make_simulated_log(const SimulatedLogOptions& options,
                                              const Node& reader) {
  return std::make_unique<SimulatedLog>(options, reader);
}

}  // namespace twinset::pinlanding
