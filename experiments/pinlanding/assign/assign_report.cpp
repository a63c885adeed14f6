#include "experiments/pinlanding/assign/assign_report.h"

#include <fmt/format.h>

#include <set>
#include <unordered_map>
#include <unordered_set>

#include "eval/distributions/frequency_distribution.h"
#include "eval/judged/json_lines.h"
#include "experiments/pinlanding/judge/attribute_truth.h"
#include "experiments/pinlanding/records/assigned_products.h"

namespace twinset::pinlanding {
namespace {

std::string lower_phrase(const std::string& family, std::string value) {
  for (char& c : value) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return family + ": " + value;
}

// The true phrases of each product, each with the number of the true value that it stands for.
struct Truth {
  std::unordered_map<std::string, std::unordered_map<std::string, int>> phrases;
  std::unordered_map<std::string, int> num_values;
};

Truth read_truth_phrases(const std::string& file, const std::string& synonyms) {
  const SynonymsOf words_of = read_synonyms(synonyms);
  Truth truth;
  for_each_json_line(
      file, "a product with its true attributes",
      [&](const nlohmann::ordered_json& line, const std::string&) {
        const auto id = line.at("id").get<std::string>();
        int number = 0;
        for (const auto& [family, value] : attributes_of_json(line.at("attributes"))) {
          truth.phrases[id].emplace(lower_phrase(family, value), number);
          for (const std::string& word : words_of(Attribute{family, value}))
            truth.phrases[id].emplace(lower_phrase(family, word), number);
          ++number;
        }
        truth.num_values[id] = number;
      });
  return truth;
}

struct Counts {
  double given = 0, right = 0, found = 0, all = 0;
};

// One set of attributes: how they spread, and how many are true.
class CountedAttributes {
 public:
  explicit CountedAttributes(const Truth* truth) : truth_(truth) {}

  void add(const std::string& id, const std::string& split,
           const std::vector<std::pair<std::string, std::string>>& attributes) {
    std::set<std::string> own;
    for (const auto& [family, value] : attributes) own.insert(lower_phrase(family, value));
    for (const std::string& phrase : own) {
      const auto [entry, is_new] = index_.emplace(phrase, counts_.attributes.size());
      if (is_new) {
        counts_.attributes.push_back(phrase);
        counts_.products_with.push_back(0);
      }
      ++counts_.products_with[entry->second];
    }
    counts_.attributes_of.push_back(static_cast<int64_t>(own.size()));
    if (truth_ != nullptr) judge(id, split, own);
  }

  std::string row(const std::string& name) const {
    const FrequencyDistribution d = frequency_distribution(counts_, {10});
    std::string text = fmt::format(
        "| {} | {} | {} | {:.2f} | {:.1f} % | {:.3f} |", name, d.num_products, d.num_attributes,
        d.mean_a_product, 100 * (d.share_under.empty() ? 0.0 : d.share_under[0].second), d.gini);
    if (truth_ == nullptr) return text + "\n";
    for (const Counts* c : {&all_, &test_}) {
      text += fmt::format(" {:.3f} | {:.3f} |", c->given > 0 ? c->right / c->given : 0.0,
                          c->all > 0 ? c->found / c->all : 0.0);
    }
    return text + "\n";
  }

 private:
  void judge(const std::string& id, const std::string& split, const std::set<std::string>& own) {
    const auto truth = truth_->phrases.find(id);
    if (truth == truth_->phrases.end())
      throw DataError({.where = "assign.truth",
                       .what = fmt::format("has no product '{}'", id),
                       .expected = "every product"});
    std::unordered_set<int> found;
    double right = 0;
    for (const std::string& phrase : own) {
      const auto value = truth->second.find(phrase);
      if (value == truth->second.end()) continue;
      ++right;
      found.insert(value->second);
    }
    for (Counts* c : {&all_, &test_}) {
      if (c == &test_ && split != "test") continue;
      c->given += static_cast<double>(own.size());
      c->right += right;
      c->found += static_cast<double>(found.size());
      c->all += truth_->num_values.at(id);
    }
  }

  const Truth* truth_;
  AttributeCounts counts_;
  std::unordered_map<std::string, size_t> index_;
  Counts all_, test_;
};

}  // namespace

std::string assign_report(const std::filesystem::path& folder, const std::string& truth_file,
                          const std::string& synonyms) {
  Truth truth;
  if (!truth_file.empty()) truth = read_truth_phrases(truth_file, synonyms);
  const Truth* known = truth_file.empty() ? nullptr : &truth;
  std::string text = "| attributes | products | distinct | a product | under 10 products | Gini |";
  text += known != nullptr ? " precision | recall | precision, test | recall, test "
                             "|\n|---|---|---|---|---|---|---|---|---|---|\n"
                           : "\n|---|---|---|---|---|---|\n";
  for (const char* stage : {"extract", "curate"}) {
    CountedAttributes set(known);
    const std::filesystem::path file = folder / stage / "products.jsonl";
    if (!std::filesystem::exists(file)) continue;
    for_each_json_line(
        file, "a product", [&](const nlohmann::ordered_json& line, const std::string&) {
          set.add(line.at("id"), line.at("split"), attributes_of_json(line.at("attributes")));
        });
    text += set.row(std::string(stage) == "extract" ? "raw" : "curated");
  }
  CountedAttributes assigned(known);
  for (const auto& file : assigned_partitions(folder)) {
    for_each_assigned(file, [&](const AssignedProduct& product, const std::string&) {
      std::vector<std::pair<std::string, std::string>> attributes;
      for (const Attribute& attribute : product.attributes)
        attributes.emplace_back(attribute.key, attribute.value);
      assigned.add(product.id, product.split, attributes);
    });
  }
  return text + assigned.row("assigned");
}

}  // namespace twinset::pinlanding
