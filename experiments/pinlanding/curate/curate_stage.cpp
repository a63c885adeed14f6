#include "experiments/pinlanding/curate/curate_stage.h"

#include <fmt/format.h>

#include "eval/judged/json_lines.h"
#include "experiments/pinlanding/curate/curate_report.h"
#include "experiments/pinlanding/curate/curation.h"
#include "experiments/pinlanding/curate/merge_questions.h"
#include "experiments/pinlanding/curate/normalise.h"
#include "experiments/twinset/command_line.h"
#include "framework/core/atomic_file.h"
#include "framework/core/interrupt.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

// A sheet that comes with twinset is found from any folder: in the configs that the program uses.
std::string sheet_file(const std::string& name, const StageContext& context) {
  constexpr std::string_view kConfigs = "configs/";
  if (name.empty() || std::filesystem::exists(name) || !name.starts_with(kConfigs)) return name;
  return (find_config_dir(context.config_dir) / name.substr(kConfigs.size())).string();
}

CurateOptions options_of(const StageContext& context) {
  CurateOptions options = read_options<CurateOptions>(context.config.at("curate"), "curate");
  options.families = sheet_file(options.families, context);
  options.synonyms = sheet_file(options.synonyms, context);
  return options;
}

void check(const StageContext& context) {
  const CurateOptions options = options_of(context);
  phrase_embedders().check(options.embedding);
  context.plugins.indexes.check(options.index);
  if (!options.families.empty()) FamilySheet{std::filesystem::path(options.families)};
  if (!options.synonyms.empty()) SynonymSheet{std::filesystem::path(options.synonyms)};
  read_review(context.file("curate/review.tsv"));
  if (options.judge_model.is_null()) return;
  read_chat_questions(options.judge_model, "curate.judge_model");
  if (!options.judge_answers.empty()) {
    throw ConfigError({.where = "curate.judge_model",
                       .what = "is set, and so is a file of answers, " + options.judge_answers,
                       .expected = "one of them"});
  }
}

std::vector<std::filesystem::path> external(const StageContext& context) {
  const CurateOptions options = options_of(context);
  std::vector<std::filesystem::path> files;
  for (const std::string& file : {options.families, options.synonyms, options.judge_answers}) {
    if (!file.empty()) files.emplace_back(file);
  }
  for (const char* key : {"vectors", "phrases"}) {
    if (const Node* file = options.embedding.find(key); file != nullptr && file->is_string())
      files.emplace_back(file->as_string());
  }
  if (const Node* run = options.embedding.find("run"); run != nullptr && run->is_string()) {
    files.push_back(std::filesystem::path(run->as_string()) / "model.safetensors");
  }
  return files;
}

// What people decided, then what a judge did.
struct Reviews {
  Decisions people, judge;
};

Decisions together(const Reviews& reviews) {
  Decisions all = reviews.people;
  all.insert(reviews.judge.begin(), reviews.judge.end());
  return all;
}

std::string review_sheet(const Curation& curation, const Reviews& reviews) {
  std::vector<ReviewRow> rows;
  Decisions left = reviews.people;
  const auto written = [](const Decisions& decisions, const PhraseKey& key) {
    const auto found = decisions.find(key);
    return found == decisions.end() ? std::string() : decision_text(found->second);
  };
  for (const Proposal& proposal : curation.proposals) {
    const auto own = left.find(proposal.key);
    // An accepted proposal stays what it was when it was accepted.
    const bool is_accepted = own != left.end() && own->second.kind == Decision::Kind::kAccept &&
                             !own->second.target.empty();
    rows.push_back(
        {proposal.key, proposal.count, is_accepted ? own->second.target : proposal.value,
         proposal.evidence == MergeEvidence::kNone
             ? ""
             : fmt::format("{} {:.2f}", evidence_name(proposal.evidence), proposal.strength),
         written(reviews.people, proposal.key), written(reviews.judge, proposal.key)});
    if (own != left.end()) left.erase(own);
  }
  for (const auto& [key, decision] : left)
    rows.push_back(
        {key, 0, decision.target, "", decision_text(decision), written(reviews.judge, key)});
  return review_text(rows);
}

std::string canonical_lines(const ExtractedAttributes& extracted, const Curation& curation) {
  std::string text;
  for (const RawPhrase& raw : extracted.raw) {
    Json line = {{"family", raw.family},
                 {"raw", raw.text},
                 {"canonical", nullptr},
                 {"count", raw.count},
                 {"reason", "rejected"}};
    if (raw.form >= 0) {
      const CuratedForm& form = curation.forms[static_cast<size_t>(raw.form)];
      if (!form.canonical.empty()) line["canonical"] = form.canonical;
      line["reason"] = form.reason;
    }
    text += line.dump() + "\n";
  }
  return text;
}

void write_products(const StageContext& context, const ExtractedAttributes& extracted,
                    const Curation& curation) {
  AtomicFile out(context.file("curate/products.jsonl"));
  for_each_json_line(
      context.file("extract/products.jsonl"), "a product",
      [&](const Json& line, const std::string&) {
        if (interrupt_requested())
          throw Interrupted({.what = "interrupted while writing curated products"});
        std::map<std::string, std::vector<std::string>> values;
        for (const auto& [family, text] : attributes_of_json(line.at("attributes"))) {
          const int64_t form = extracted.find(family, normalise_phrase(text));
          if (form < 0) continue;
          const std::string& value = curation.forms[static_cast<size_t>(form)].canonical;
          auto& own = values[family];
          if (!value.empty() && std::find(own.begin(), own.end(), value) == own.end())
            own.push_back(value);
        }
        Json attributes = Json::object();
        for (const auto& [family, own] : values) {
          if (!own.empty()) attributes[family] = own;
        }
        out.write(Json{{"id", line.at("id")},
                       {"split", line.at("split")},
                       {"title", line.at("title")},
                       {"attributes", attributes}}
                      .dump() +
                  "\n");
      });
  out.commit();
}

std::string run(const StageContext& context) {
  const CurateOptions options = options_of(context);
  Reviews reviews{
      read_review(context.file("curate/review.tsv")),
      options.judge_answers.empty() ? Decisions() : read_judge_answers(options.judge_answers)};
  CurateKnowledge knowledge;
  if (!options.families.empty())
    knowledge.families = FamilySheet(std::filesystem::path(options.families));
  if (!options.synonyms.empty())
    knowledge.synonyms = SynonymSheet(std::filesystem::path(options.synonyms));
  knowledge.decisions = together(reviews);

  const ExtractedAttributes extracted = read_extracted(context.file("extract/products.jsonl"));
  const auto embedder = phrase_embedders().create(options.embedding, context.plugins);
  const auto curated = [&] {
    return curate(extracted, knowledge, options, *embedder, context.plugins.indexes);
  };
  Curation curation = curated();
  if (!options.judge_model.is_null()) {
    reviews.judge = read_judge_answers(
        ask_merges(read_chat_questions(options.judge_model, "curate.judge_model"), curation,
                   reviews.people, context.file("curate")));
    knowledge.decisions = together(reviews);
    curation = curated();
  }
  if (curation.vocabulary.empty()) {
    throw DataError(
        {.where = "curate",
         .what = fmt::format("no attribute of {} products is left", extracted.num_products()),
         .expected = "at least one",
         .todo = "lower curate.min_count, or look at curate/review.tsv"});
  }
  std::string vocabulary, phrases;
  for (const auto& [key, products] : curation.vocabulary) {
    vocabulary +=
        Json{{"family", key.first}, {"value", key.second}, {"count", products.size()}}.dump() +
        "\n";
  }
  for (const Proposal& proposal : curation.proposals)
    phrases += proposal.key.first + ": " + proposal.key.second + "\n";
  write_products(context, extracted, curation);
  write_file(context.file("curate/canonical.jsonl"), canonical_lines(extracted, curation));
  write_file(context.file("curate/vocabulary.jsonl"), vocabulary);
  write_file(context.file("curate/phrases.txt"), phrases);
  write_file(context.file("curate/report.md"), curate_report(extracted, curation));
  write_file(context.file("curate/review.tsv"), review_sheet(curation, reviews));
  return fmt::format("{} raw phrases became {} values; {} decisions of review.tsv applied",
                     extracted.raw.size(), curation.vocabulary.size(), knowledge.decisions.size());
}

}  // namespace

Stage curate_stage() {
  return {.name = "curate",
          .help = "merge what means the same, drop what is rare: raw attributes to a vocabulary",
          .reads = {"extract/products.jsonl"},
          .config_keys = {},
          .check = check,
          .external = external,
          .run = run,
          .options = describe_options<CurateOptions>()};
}

}  // namespace twinset::pinlanding
