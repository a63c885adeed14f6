// Words around a value that say nothing of it: "soft black", "jeans with visible stitching",
// "winter season".
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "experiments/pinlanding/curate/families.h"
#include "experiments/pinlanding/curate/surface_forms.h"
#include "framework/core/options.h"

namespace twinset::pinlanding {

struct AffixOptions {
  int64_t min_families = 3;
  int64_t min_bases = 6;
  int64_t min_noun_bases = 3;
  std::string head_family = "category";

  template <class V>
  void visit(V&& v) {
    v("min_families", min_families,
      Field{.help = "words before or behind the values of so many families say nothing of them",
            .unit = "families",
            .min = 2});
    v("min_bases", min_bases,
      Field{.help = "and of so many different values in all", .unit = "values", .min = 2});
    v("min_noun_bases", min_noun_bases,
      Field{.help = "words behind so many values of one family that also stand alone are its noun, "
                    "as in 'winter season'; 0: never",
            .unit = "values",
            .min = 0});
    v("head_family", head_family,
      Field{.help = "family of what a product is; its values may follow those of other families, "
                    "as in 'black dress'; empty: none"});
  }
};

/// Affixes found in the phrases themselves.
struct Affixes {
  std::set<std::string> prefixes;                                 ///< of any family
  std::set<std::string> suffixes;                                 ///< of any family
  std::set<std::pair<std::string, std::string>> family_suffixes;  ///< (family, noun)
};

/// Finds the affixes of a vocabulary. In a phrase p + r or r + p whose rest r is a phrase of the
/// same family on more products, p counts as an affix of r. An affix of `min_bases` values in
/// `min_families` families or more tells no value from another: it says nothing. Words that go with
/// one family only ("light" with colours) do tell values apart and stay, but for words behind
/// `min_noun_bases` of its values.
Affixes find_affixes(const ExtractedAttributes& extracted, const AffixOptions& options);

/// For each form, the form that is left without affixes, the family's nouns and a head behind it;
/// itself if nothing is taken away. What is left is always a phrase that stands alone on at least
/// as many products, or, after an affix of `affixes`, on any.
/// @return [forms] indices
std::vector<int64_t> strip_affixes(const ExtractedAttributes& extracted, const Affixes& affixes,
                                   const FamilySheet& families, const AffixOptions& options);

}  // namespace twinset::pinlanding
