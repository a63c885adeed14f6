#include "experiments/pinlanding/judge/page_questions.h"

#include <set>

#include "experiments/pinlanding/records/catalogue_images.h"
#include "framework/core/atomic_file.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

std::string problem_of_judgement(const Json& answer) {
  if (!answer.contains("satisfied")) return "the answer has no 'satisfied'";
  const Json& value = answer["satisfied"];
  if (value.is_null() || value.is_boolean()) return "";
  if (value.is_number() && value.get<double>() >= 0 && value.get<double>() <= 1) return "";
  return "'satisfied' is " + value.dump() + ", expected true, false, null or a probability";
}

}  // namespace

std::filesystem::path ask_satisfied(const ChatQuestionsOptions& options,
                                    const std::vector<CollectionSystem>& systems, size_t k,
                                    const StageContext& context) {
  const CatalogueImages images(context);
  std::vector<ChatQuestion> questions;
  std::vector<std::pair<std::string, std::string>> asked;  // title, product
  std::set<std::pair<std::string, std::string>> seen;
  for (const CollectionSystem& system : systems) {
    for (const Collection& collection : system.collections) {
      for (size_t i = 0; i < std::min(k, collection.products.size()); ++i) {
        const std::string& product = collection.products[i];
        if (!seen.emplace(collection.title, product).second) continue;
        asked.emplace_back(collection.title, product);
        questions.push_back({{{"title", collection.title},
                              {"attributes", attribute_lines(collection.attributes)},
                              {"product", images.record(product).title}},
                             [&images, product] { return images.bytes(product); }});
      }
    }
  }
  const auto answers = ask_chat_questions(
      options, questions, {"judge.model", context.file("judge"), "judge"}, problem_of_judgement);
  std::string lines;
  for (size_t i = 0; i < asked.size(); ++i) {
    if (!answers[i]) continue;
    lines += Json{{"title", asked[i].first},
                  {"product", asked[i].second},
                  {"satisfied", (*answers[i])["satisfied"]},
                  {"judge", options.model.model}}
                 .dump() +
             "\n";
  }
  write_file(context.file("judge/answers.jsonl"), lines);
  return context.file("judge/answers.jsonl");
}

}  // namespace twinset::pinlanding
