// Titles of topics from a template, in the order in which shoppers write.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "framework/core/options.h"
#include "framework/data/dataset.h"

namespace twinset::pinlanding {

struct TitleOptions {
  std::vector<std::string> order = {"brand",   "season",       "gender",   "style",    "fit",
                                    "colour",  "pattern",      "sleeve",   "neckline", "length",
                                    "shape",   "material",     "occasion", "category", "detail",
                                    "closure", "second_colour"};
  Node forms;
  Node words;

  template <class V>
  void visit(V&& v) {
    v("order", order,
      Field{.help = "families in the order of their words; others come first, by name"});
    v("forms", forms,
      Field{
          .help =
              "how a family is written around its value: {occasion: \"for {}\"}; plain otherwise"});
    v("words", words,
      Field{.help = "single attributes in other words: {\"sleeve: long\": \"long sleeve\"}; no "
                    "form is applied"});
  }
};

/// Writes {season: summer, colour: yellow, occasion: party, category: dress} as "summer yellow
/// party dress".
class TitleTemplate {
 public:
  /// @throws ConfigError for a form without "{}", a value that is no text, or a family twice
  explicit TitleTemplate(const TitleOptions& options);

  /// Several values of one family are joined by "and".
  std::string title(const std::vector<Attribute>& attributes) const;

 private:
  std::string words_of(const Attribute& attribute) const;

  std::unordered_map<std::string, size_t> place_;
  std::unordered_map<std::string, std::string> forms_;
  std::unordered_map<std::string, std::string> words_;
};

}  // namespace twinset::pinlanding
