#include "experiments/twinset/run_data.h"

#include "framework/core/atomic_file.h"

namespace twinset {
namespace {

std::vector<std::string> titles_of(const Dataset& dataset) {
  std::vector<std::string> titles;
  for (int64_t i = 0; i < dataset.size(); ++i) titles.push_back(dataset.record(i).title);
  return titles;
}

bool reads_titles(const RunOptions& options) {
  const Node* name = options.title_encoder.find("name");
  return name != nullptr && *name != Node("none");
}

AttributeVocabulary make_vocabulary(const Dataset& train, const RunOptions& options,
                                    const std::filesystem::path& file) {
  if (!file.empty() && std::filesystem::exists(file)) return AttributeVocabulary::load(file);
  AttributeVocabulary vocabulary = AttributeVocabulary::build(train, options.dataset.vocabulary);
  if (!file.empty()) vocabulary.save(file);
  return vocabulary;
}

std::unique_ptr<Tokenizer> make_tokenizer(const Dataset& train,
                                          const AttributeVocabulary& vocabulary,
                                          const RunOptions& options,
                                          const std::filesystem::path& file) {
  if (!file.empty() && std::filesystem::exists(file)) {
    const auto saved = nlohmann::json::parse(read_file(file), nullptr, false);
    if (saved.is_discarded())
      throw DataError(
          {.where = file.string(), .what = "is no JSON", .expected = "a saved tokenizer"});
    return load_tokenizer(saved);
  }
  std::vector<std::string> texts = titles_of(train);
  texts.insert(texts.end(), vocabulary.phrases().begin(), vocabulary.phrases().end());
  std::unique_ptr<Tokenizer> tokenizer = learn_byte_pair_tokenizer(texts, options.tokenizer);
  if (!file.empty()) write_file(file, tokenizer->save().dump());
  return tokenizer;
}

}  // namespace

RunData load_run_data(const RunOptions& options, const Plugins& plugins,
                      const std::filesystem::path& folder) {
  RunData data;
  for (const char* name : {"train", "val", "test"}) {
    data.splits[name].dataset = plugins.datasets.create(options.dataset.reader, name);
  }
  const Dataset& train = *data.split("train").dataset;
  const auto file = [&](const char* name) { return folder.empty() ? folder : folder / name; };
  data.vocabulary = make_vocabulary(train, options, file("vocabulary.json"));
  data.tokenizer = make_tokenizer(train, data.vocabulary, options, file("tokenizer.json"));
  data.document_tokens =
      tokenize(*data.tokenizer, data.vocabulary.phrases(), options.attribute_length);
  for (auto& [name, split] : data.splits) {
    split.labels = label_table(*split.dataset, data.vocabulary);
    if (reads_titles(options))
      split.titles = tokenize(*data.tokenizer, titles_of(*split.dataset), options.title_length);
  }
  return data;
}

}  // namespace twinset
