#include "experiments/pinlanding/extract/extract_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "framework/core/atomic_file.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

// Bytes that are no UTF-8 are replaced: a model's answer can hold anything.
std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

ExtractResults::ExtractResults(const std::vector<CatalogueProduct>& products, FailureLimit limit,
                               std::filesystem::path folder)
    : products_(products),
      limit_(limit),
      folder_(std::move(folder)),
      answers_(products.size()),
      is_answered_(products.size(), false) {}

void ExtractResults::check_limit(int64_t min_answers) const {
  if (num_answered_ < min_answers ||
      static_cast<double>(num_failed_) <= limit_.share * static_cast<double>(num_answered_))
    return;
  std::map<std::string, int64_t> reasons;
  for (const ExtractAnswer& answer : answers_) {
    if (!answer.failure.empty()) ++reasons[answer.failure];
  }
  const auto most =
      std::max_element(reasons.begin(), reasons.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  throw DataError(
      {.where = (folder_ / "failed.jsonl").string(),
       .what = fmt::format("{} of {} products have no usable answer, {} of them: {}", num_failed_,
                           num_answered_, most->second, most->first),
       .expected = fmt::format("at most {:.3g} of them (extract.max_failed_share)", limit_.share)});
}

void ExtractResults::add(size_t product, ExtractAnswer answer) {
  TWINSET_CHECK(!is_answered_[product], "a product is answered twice");
  is_answered_[product] = true;
  ++num_answered_;
  const bool has_failed = !answer.failure.empty();
  num_failed_ += has_failed ? 1 : 0;
  std::set<std::pair<std::string, std::string>>
      seen;  // what is said twice of a product counts once
  std::erase_if(answer.attributes, [&](const Attribute& a) {
    return !seen.insert({a.key, a.value}).second;
  });
  answers_[product] = std::move(answer);
  if (has_failed) check_limit(limit_.min_answers);
}

void ExtractResults::write_failed() const {
  std::string text;
  for (size_t i = 0; i < products_.size(); ++i) {
    if (answers_[i].failure.empty()) continue;
    text += line_of({{"id", products_[i].record().id},
                     {"reason", answers_[i].failure},
                     {"answer", answers_[i].answer}});
  }
  write_file(folder_ / "failed.jsonl", text);
}

std::string ExtractResults::write(const std::string& account) const {
  write_failed();
  check_limit(1);
  AtomicFile file(folder_ / "products.jsonl");
  std::map<std::string, std::set<std::string>> distinct;
  std::map<std::string, int64_t> counts;
  int64_t num_attributes = 0, num_products = 0;
  for (size_t i = 0; i < products_.size(); ++i) {
    TWINSET_CHECK(is_answered_[i], "a product was not answered");
    if (!answers_[i].failure.empty()) continue;
    const ProductRecord& record = products_[i].record();
    Json attributes = Json::object();
    for (const Attribute& attribute : answers_[i].attributes) {
      attributes[attribute.key].push_back(attribute.value);
      distinct[attribute.key].insert(attribute.value);
      ++counts[attribute.key];
      ++num_attributes;
    }
    file.write(line_of({{"id", record.id},
                        {"split", products_[i].split},
                        {"title", record.title},
                        {"attributes", attributes}}));
    ++num_products;
  }
  if (num_attributes == 0)
    throw DataError({.where = "stage extract",
                     .what = fmt::format("none of {} products has an attribute", products_.size()),
                     .todo = "look at extract.provider"});
  Json summary = {{"products", num_products},
                  {"failed", num_failed_},
                  {"attributes", num_attributes},
                  {"attributes_a_product",
                   static_cast<double>(num_attributes) / static_cast<double>(num_products)},
                  {"families", Json::object()}};
  size_t num_distinct = 0;
  for (const auto& [family, values] : distinct) {
    summary["families"][family] = {{"attributes", counts[family]}, {"distinct", values.size()}};
    num_distinct += values.size();
  }
  summary["distinct"] = num_distinct;
  if (!account.empty()) summary["account"] = account;
  write_file(folder_ / "summary.json", summary.dump(1) + "\n");
  file.commit();
  return fmt::format("{} products with {:.1f} attributes each, {} distinct, {} failed{}",
                     num_products,
                     static_cast<double>(num_attributes) / static_cast<double>(num_products),
                     num_distinct, num_failed_, account.empty() ? "" : "; " + account);
}

}  // namespace twinset::pinlanding
