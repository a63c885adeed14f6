#include "experiments/pinlanding/extract/extract_stage.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "experiments/pinlanding/extract/attribute_provider.h"
#include "experiments/pinlanding/extract/extract_results.h"
#include "experiments/pinlanding/training_config.h"
#include "framework/core/logging.h"

namespace twinset::pinlanding {
namespace {

ExtractOptions options_of(const StageContext& context) {
  return read_options<ExtractOptions>(context.config.at("extract"), "extract");
}

const Node& reader_of(const StageContext& context) {
  return context.config.at("dataset").at("reader");
}

std::unique_ptr<AttributeProvider> make_provider(const ExtractOptions& options,
                                                 const StageContext& context) {
  return builtin_providers().create(options.provider,
                                    ProviderContext{reader_of(context), context.file("extract")});
}

struct Catalogue {
  std::vector<std::unique_ptr<Dataset>> datasets;
  std::vector<CatalogueProduct> products;
};

Catalogue open_catalogue(const ExtractOptions& options, const StageContext& context) {
  Catalogue catalogue;
  std::set<std::string> ids;
  for (const std::string& split : options.splits) {
    const Dataset& dataset = *catalogue.datasets.emplace_back(
        context.plugins.datasets.create(reader_of(context), split));
    const int64_t count =
        options.max_products > 0 ? std::min(options.max_products, dataset.size()) : dataset.size();
    for (int64_t i = 0; i < count; ++i) {
      if (!ids.insert(dataset.record(i).id).second) {
        throw DataError({.where = dataset.place(i),
                         .what = fmt::format("the id '{}' was there before", dataset.record(i).id),
                         .expected = "each product once, in one split"});
      }
      catalogue.products.push_back({split, &dataset, i});
    }
  }
  return catalogue;
}

void check(const StageContext& context) {
  const ExtractOptions options = options_of(context);
  if (options.splits.empty())
    throw ConfigError({.where = "extract.splits",
                       .what = "is empty",
                       .expected = "splits of the data set, such as [train, val, test]"});
  builtin_providers().check(options.provider);
  make_provider(options, context);
}

std::vector<std::filesystem::path> external(const StageContext& context) {
  std::vector<std::filesystem::path> files = dataset_files(reader_of(context));
  for (const auto& file : make_provider(options_of(context), context)->files())
    files.push_back(file);
  return files;
}

std::string run(const StageContext& context) {
  const ExtractOptions options = options_of(context);
  const Catalogue catalogue = open_catalogue(options, context);
  const auto provider = make_provider(options, context);
  ExtractResults results(catalogue.products, {options.max_failed_share, options.min_answers},
                         context.file("extract"));
  try {
    provider->extract(catalogue.products, [&](size_t product, ExtractAnswer answer) {
      results.add(product, std::move(answer));
    });
  } catch (const Interrupted&) {
    throw;
  } catch (const Error&) {
    results.write_failed();
    throw;
  }
  return results.write(provider->account());
}

}  // namespace

Stage extract_stage() {
  return {
      .name = "extract",
      .help =
          "products to key-value attributes, by the merchant's fields or a vision-language model",
      .reads = {},
      .config_keys = {"dataset.reader"},
      .check = check,
      .external = external,
      .run = run,
      .options = describe_options<ExtractOptions>()};
}

}  // namespace twinset::pinlanding
