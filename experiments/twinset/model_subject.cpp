#include "experiments/twinset/model_subject.h"

#include "experiments/twinset/command_line.h"
#include "experiments/twinset/run_evaluation.h"
#include "framework/config/compose.h"
#include "framework/config/yaml.h"

namespace twinset {
namespace {

class ModelSubject : public Subject {
 public:
  ModelSubject(const RunOptions& options, const RunData& data, RunModel& model)
      : options_(options), data_(data), model_(model) {}

  const EmbeddedProducts& products(const std::string& split) override {
    const auto [place, is_new] = products_.try_emplace(split);
    if (!is_new) return place->second;
    if (data_.splits.count(split) == 0)
      throw_unknown_name("split", "split", split, {"train", "val", "test"});
    EmbeddedSplit embedded = embed_split(options_, data_, model_, split);
    place->second = {data_.split(split).dataset.get(), std::move(embedded.samples),
                     unit_rows(embedded.embeddings, "product")};
    return place->second;
  }

  at::Tensor texts(const std::vector<std::string>& texts) override {
    return unit_rows(embed_phrases(options_, data_, model_, texts), "text");
  }
  const AttributeVocabulary& vocabulary() const override { return data_.vocabulary; }
  double inverse_temperature() const override { return model_.loss->inverse_temperature(); }

 private:
  const RunOptions& options_;
  const RunData& data_;
  RunModel& model_;
  std::map<std::string, EmbeddedProducts> products_;
};

}  // namespace

std::unique_ptr<Subject> make_model_subject(const RunOptions& options, const RunData& data,
                                            RunModel& model) {
  return std::make_unique<ModelSubject>(options, data, model);
}

OpenData open_data(const RunOptions& options, const Plugins& plugins) {
  OpenData data;
  for (const char* name : {"train", "val", "test"})
    data.splits[name] = plugins.datasets.create(options.dataset.reader, name);
  data.vocabulary =
      AttributeVocabulary::build(*data.splits.at("train"), options.dataset.vocabulary);
  return data;
}

OpenSplit split_opener(const OpenData& data) {
  return [&data](const std::string& split) -> const Dataset& {
    const auto found = data.splits.find(split);
    if (found == data.splits.end())
      throw_unknown_name("split", "split", split, {"train", "val", "test"});
    return *found->second;
  };
}

Node take_protocol(std::vector<std::string>& overrides, const std::filesystem::path& config_dir,
                   const RunOptions& options) {
  const std::string name = take_override(overrides, "protocol").value_or("attributes");
  const std::vector<std::string> known = list_options(config_dir, "protocol");
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw_unknown_name("protocol", "protocol", name, known);
  Node node = load_yaml_file(config_dir / "protocol" / (name + ".yaml"));
  if (name == "attributes") {
    Node::List keys;
    for (const std::string& key : options.dataset.tuple_keys) keys.push_back(Node(key));
    node.set_path("tuple_to_product.keys", Node(std::move(keys)));
    node.set_path("tuple_to_product.least", Node(options.evaluation.min_products_per_tuple));
  }
  const std::string prefix = "protocol.";
  for (const std::string& text : overrides) {
    const size_t equals = text.find('=');
    if (!text.starts_with(prefix) || equals == std::string::npos) continue;
    node.set_path(
        text.substr(prefix.size(), equals - prefix.size()),
        load_yaml("value: " + text.substr(equals + 1), "override '" + text + "'").at("value"));
  }
  std::erase_if(overrides, [&](const std::string& text) { return text.starts_with(prefix); });
  return node;
}

}  // namespace twinset
