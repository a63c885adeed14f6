#include "eval/protocols/class_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "eval/protocol.h"

namespace twinset {

std::vector<std::string> families_to_judge(const Subject& subject, const std::string& family) {
  const std::vector<std::string>& families = subject.vocabulary().families();
  if (family.empty()) return families;
  if (std::ranges::find(families, family) == families.end())
    throw_unknown_name("protocol.family", "attribute family", family, families);
  return {family};
}

LabelledProducts labelled_products(const EmbeddedProducts& products, const std::string& family,
                                   Groups& classes, bool adds_classes) {
  LabelledProducts result;
  for (int64_t i = 0; i < products.size(); ++i) {
    const ProductRecord& record = products.record(i);
    const auto attribute = std::ranges::find(record.attributes, family, &Attribute::key);
    if (attribute == record.attributes.end()) continue;
    const std::string phrase = attribute->phrase();
    const bool is_class =
        adds_classes || std::ranges::find(classes.names(), phrase) != classes.names().end();
    result.rows.push_back(i);
    result.classes.push_back(is_class ? classes.of(phrase) : -1);
    result.ids.push_back(record.id);
  }
  return result;
}

void report_accuracy(const LabelledProducts& products, const std::vector<bool>& is_right,
                     const std::string& prefix, int64_t k, ProtocolReport& report) {
  QueryValues values{fmt::format("{}.accuracy@{}", prefix, k), products.ids, {}};
  Mean all, macro;
  std::map<int64_t, Mean> of_class;
  for (size_t i = 0; i < is_right.size(); ++i) {
    values.values.push_back(is_right[i]);
    all.add(is_right[i]);
    of_class[products.classes[i]].add(is_right[i]);
  }
  for (const auto& [number, mean] : of_class) macro.add(mean.value());
  all.report(values.metric, report.metrics);
  macro.report(fmt::format("{}.macro_accuracy@{}", prefix, k), report.metrics);
  report.queries.push_back(std::move(values));
}

void report_majority(const LabelledProducts& train, const LabelledProducts& judged,
                     const std::string& prefix, ProtocolReport& report) {
  std::map<int64_t, int64_t> counts;
  for (const int64_t number : train.classes) ++counts[number];
  const auto most =
      std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
  Mean mean;
  for (const int64_t number : judged.classes)
    mean.add(most != counts.end() && number == most->first ? 1.0 : 0.0);
  mean.report(prefix + ".majority", report.metrics);
}

}  // namespace twinset
