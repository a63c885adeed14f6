#include "experiments/pinlanding/curate/affixes.h"

#include <map>

#include "experiments/pinlanding/curate/normalise.h"
#include "experiments/pinlanding/words.h"

namespace twinset::pinlanding {
namespace {

struct AffixBases {
  std::set<std::string> families;
  std::set<std::pair<std::string, std::string>> values;
};

// Shorter phrases that `form` may be, by one step: the longest affix first.
class Stripper {
 public:
  Stripper(const ExtractedAttributes& extracted, const Affixes& affixes,
           const FamilySheet& families, const AffixOptions& options)
      : extracted_(extracted), affixes_(affixes), families_(families), options_(options) {}

  int64_t strip(int64_t form) const {
    for (int steps = 0; steps < 8; ++steps) {
      const int64_t shorter = step(form);
      if (shorter < 0) break;
      form = shorter;
    }
    return form;
  }

 private:
  int64_t step(int64_t index) const {
    const SurfaceForm& form = extracted_.forms[static_cast<size_t>(index)];
    const std::vector<std::string> words = words_of(form.phrase);
    for (size_t cut = 1; cut < words.size(); ++cut) {
      const std::string prefix = join_words(words, 0, words.size() - cut),
                        rest = join_words(words, words.size() - cut, words.size());
      if (affixes_.prefixes.contains(prefix)) {
        if (const int64_t found = base(form, rest); found >= 0) return found;
      }
    }
    for (size_t cut = 1; cut < words.size(); ++cut) {
      const std::string rest = join_words(words, 0, cut),
                        suffix = join_words(words, cut, words.size());
      if (says_nothing(form.family, suffix)) {
        if (const int64_t found = base(form, rest); found >= 0) return found;
      }
    }
    return -1;
  }

  bool says_nothing(const std::string& family, const std::string& suffix) const {
    if (affixes_.suffixes.contains(suffix) || affixes_.family_suffixes.contains({family, suffix}))
      return true;
    for (const std::string& noun : families_.of(family).nouns) {
      if (suffix == noun) return true;
    }
    return !options_.head_family.empty() && family != options_.head_family &&
           extracted_.find(options_.head_family, suffix) >= 0;
  }

  // The form of `rest`, through further affixes if it does not stand alone itself.
  int64_t base(const SurfaceForm& form, const std::string& rest) const {
    if (const int64_t found = extracted_.find(form.family, rest); found >= 0) return found;
    const std::vector<std::string> words = words_of(rest);
    for (size_t cut = 1; cut < words.size(); ++cut) {
      const std::string suffix = join_words(words, cut, words.size());
      if (!says_nothing(form.family, suffix)) continue;
      if (const int64_t found = base(form, join_words(words, 0, cut)); found >= 0) return found;
    }
    return -1;
  }

  const ExtractedAttributes& extracted_;
  const Affixes& affixes_;
  const FamilySheet& families_;
  const AffixOptions& options_;
};

}  // namespace

Affixes find_affixes(const ExtractedAttributes& extracted, const AffixOptions& options) {
  std::map<std::string, AffixBases> prefixes, suffixes;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> nouns;
  for (const SurfaceForm& form : extracted.forms) {
    const std::vector<std::string> words = words_of(form.phrase);
    const auto is_base = [&](const std::string& rest) {
      const int64_t found = extracted.find(form.family, rest);
      return found >= 0 && extracted.forms[static_cast<size_t>(found)].count() > form.count();
    };
    for (size_t cut = 1; cut < words.size(); ++cut) {
      const std::string head = join_words(words, 0, cut),
                        tail = join_words(words, cut, words.size());
      if (is_base(tail)) {
        prefixes[head].families.insert(form.family);
        prefixes[head].values.insert({form.family, tail});
      }
      if (is_base(head)) {
        suffixes[tail].families.insert(form.family);
        suffixes[tail].values.insert({form.family, head});
        nouns[{form.family, tail}].insert(head);
      }
    }
  }
  Affixes result;
  const auto says_nothing = [&](const AffixBases& bases) {
    return static_cast<int64_t>(bases.families.size()) >= options.min_families &&
           static_cast<int64_t>(bases.values.size()) >= options.min_bases;
  };
  for (const auto& [text, bases] : prefixes) {
    if (says_nothing(bases)) result.prefixes.insert(text);
  }
  for (const auto& [text, bases] : suffixes) {
    if (says_nothing(bases)) result.suffixes.insert(text);
  }
  for (const auto& [key, bases] : nouns) {
    if (options.min_noun_bases > 0 && static_cast<int64_t>(bases.size()) >= options.min_noun_bases)
      result.family_suffixes.insert(key);
  }
  return result;
}

std::vector<int64_t> strip_affixes(const ExtractedAttributes& extracted, const Affixes& affixes,
                                   const FamilySheet& families, const AffixOptions& options) {
  const Stripper stripper(extracted, affixes, families, options);
  std::vector<int64_t> bases;
  for (size_t i = 0; i < extracted.forms.size(); ++i)
    bases.push_back(stripper.strip(static_cast<int64_t>(i)));
  return bases;
}

}  // namespace twinset::pinlanding
