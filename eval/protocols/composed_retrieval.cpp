#include "eval/protocols/composed_retrieval.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include "eval/protocols/composed_queries.h"
#include "eval/protocols/group_retrieval.h"

namespace twinset {
namespace {

class ComposedRetrieval : public SubjectProtocol {
 public:
  explicit ComposedRetrieval(const ComposedRetrievalOptions& options) : options_(options) {}

  ProtocolReport run(Subject& subject, const std::string& split) const override {
    const EmbeddedProducts& products = subject.products(split);
    std::vector<std::string> ids, captions;
    Groups groups;
    GroupRetrieval task;
    for (int64_t i = 0; i < products.size(); ++i) {
      ids.push_back(products.record(i).id);
      captions.push_back(clean_caption(products.record(i).title));
      task.gallery_groups.push_back(groups.of(captions.back()));
    }
    const auto queries =
        options_.queries_file.empty()
            ? generate_composed_queries(captions, static_cast<uint64_t>(options_.seed))
            : read_composed_queries(options_.queries_file, ids, captions);
    if (queries.empty()) {
      throw DataError(
          {.where = "protocol composed_retrieval",
           .what = fmt::format("no two captions of '{}' differ in one word", split),
           .expected =
               "captions as Fashion200K's, such as 'red short dress' and 'blue short dress'"});
    }
    for (const ComposedQuery& query : queries) {
      task.query_groups.push_back(groups.of(query.target_caption));
      task.left_out.push_back(query.source);
      task.query_names.push_back(fmt::format("{} {}>{}", ids[static_cast<size_t>(query.source)],
                                             query.source_word, query.target_word));
    }
    task.gallery = products.embeddings;
    task.queries = compose(subject, split, queries);
    return judge_group_retrieval(task, "composed_retrieval." + options_.composition, options_.cuts);
  }

 private:
  at::Tensor compose(Subject& subject, const std::string& split,
                     const std::vector<ComposedQuery>& queries) const {
    if (options_.composition == "tower") return compose_by_tower(subject, split, queries);
    const EmbeddedProducts& products = subject.products(split);
    Groups words;
    std::vector<int64_t> sources, source_words, target_words;
    for (const ComposedQuery& query : queries) {
      sources.push_back(query.source);
      source_words.push_back(words.of(options_.word_prefix + query.source_word));
      target_words.push_back(words.of(options_.word_prefix + query.target_word));
    }
    const at::Tensor images = at::index_select(products.embeddings, 0, at::tensor(sources));
    if (options_.composition == "image") return images;
    const at::Tensor texts = subject.texts(words.names());
    const at::Tensor targets = at::index_select(texts, 0, at::tensor(target_words));
    if (options_.composition == "text") return targets;
    at::Tensor shift = targets;
    if (options_.composition == "exchange")
      shift = targets - at::index_select(texts, 0, at::tensor(source_words));
    return unit_rows(images + shift * options_.text_weight, "query");
  }

  static at::Tensor compose_by_tower(Subject& subject, const std::string& split,
                                     const std::vector<ComposedQuery>& queries) {
    std::vector<int64_t> sources;
    std::vector<std::string> texts;
    for (const ComposedQuery& query : queries) {
      sources.push_back(query.source);
      texts.push_back(modification_text(query));
    }
    return subject.composed(split, sources, texts);
  }

  ComposedRetrievalOptions options_;
};

}  // namespace

std::unique_ptr<SubjectProtocol> make_composed_retrieval(const ComposedRetrievalOptions& options) {
  return std::make_unique<ComposedRetrieval>(options);
}

}  // namespace twinset
