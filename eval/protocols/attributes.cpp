#include "eval/protocols/attributes.h"

#include <unordered_map>

#include "eval/tuples.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

class AttributesProtocol : public SubjectProtocol {
 public:
  explicit AttributesProtocol(const EvaluationOptions& options) : options_(options) {}

  ProtocolReport run(Subject& subject, const std::string& split) const override {
    const AttributeVocabulary& vocabulary = subject.vocabulary();
    const EmbeddedProducts& products = subject.products(split);
    const SparsePairs labels = label_table(products, vocabulary);
    std::vector<std::string> ids, phrases;
    for (int64_t i = 0; i < products.size(); ++i) ids.push_back(products.record(i).id);
    for (const AttributeTuple& tuple : tuples(labels, vocabulary, options_.tuple_to_product.keys,
                                              options_.tuple_to_product.least)) {
      phrases.push_back(tuple_phrase(tuple, vocabulary));
    }
    EvaluationInput input;
    input.product_embeddings = products.embeddings;
    input.attribute_embeddings = subject.texts(vocabulary.phrases());
    input.inverse_temperature = subject.inverse_temperature();
    input.labels = &labels;
    input.vocabulary = &vocabulary;
    if (!phrases.empty()) {
      try {
        input.phrase_embeddings = subject.texts(phrases);
      } catch (const DataError& error) {
        log_warning("tuple_to_product.phrase is left out: {}", error.what());
      }
    }
    std::vector<IndexedValues> indexed;
    ProtocolReport report;
    report.metrics = evaluate(input, options_, &indexed);
    report.queries = with_names(indexed, ids, vocabulary.phrases(), phrases);
    return report;
  }

 private:
  EvaluationOptions options_;
};

}  // namespace

SparsePairs label_table(const EmbeddedProducts& products, const AttributeVocabulary& vocabulary) {
  const SparsePairs all = label_table(*products.dataset, vocabulary);
  SparsePairs labels;
  labels.num_columns = vocabulary.size();
  for (const int64_t sample : products.samples) labels.add_row(all.row(sample));
  return labels;
}

std::vector<QueryValues> with_names(const std::vector<IndexedValues>& indexed,
                                    const std::vector<std::string>& products,
                                    const std::vector<std::string>& attributes,
                                    const std::vector<std::string>& tuples) {
  std::vector<QueryValues> result;
  for (const IndexedValues& values : indexed) {
    const auto& names = values.kind == QueryKind::kProduct     ? products
                        : values.kind == QueryKind::kAttribute ? attributes
                                                               : tuples;
    QueryValues& named = result.emplace_back(QueryValues{values.metric, {}, values.values});
    std::unordered_map<std::string, int> seen;
    for (const int64_t query : values.queries) {
      const std::string& name = names[static_cast<size_t>(query)];
      const int count = ++seen[name];
      named.queries.push_back(count == 1 ? name : name + "#" + std::to_string(count));
    }
  }
  return result;
}

std::unique_ptr<SubjectProtocol> make_attributes_protocol(const EvaluationOptions& options) {
  return std::make_unique<AttributesProtocol>(options);
}

}  // namespace twinset
