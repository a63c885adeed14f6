#include "experiments/pinlanding/curate/curation.h"

#include <algorithm>

#include "experiments/pinlanding/curate/normalise.h"

namespace twinset::pinlanding {
namespace {

std::vector<int32_t> united(std::vector<int32_t> products) {
  std::sort(products.begin(), products.end());
  products.erase(std::unique(products.begin(), products.end()), products.end());
  return products;
}

// Phrases without affixes and the products of all their forms, of one family, the most frequent
// first.
struct Bases {
  std::vector<int64_t> forms;
  std::vector<std::vector<int32_t>> products;
};

std::map<std::string, Bases> bases_by_family(const ExtractedAttributes& extracted,
                                             const std::vector<int64_t>& base_of) {
  std::map<int64_t, std::vector<int32_t>> products;
  for (size_t i = 0; i < base_of.size(); ++i) {
    const auto& own = extracted.forms[i].products;
    auto& all = products[base_of[i]];
    all.insert(all.end(), own.begin(), own.end());
  }
  std::map<std::string, std::vector<std::pair<int64_t, std::vector<int32_t>>>> sorted;
  for (auto& [form, all] : products)
    sorted[extracted.forms[static_cast<size_t>(form)].family].emplace_back(form,
                                                                           united(std::move(all)));
  std::map<std::string, Bases> result;
  for (auto& [family, list] : sorted) {
    // Forms are in the order of their phrases, which decides between equal counts.
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
      return a.second.size() > b.second.size();
    });
    for (auto& [form, all] : list) {
      result[family].forms.push_back(form);
      result[family].products.push_back(std::move(all));
    }
  }
  return result;
}

class Curator {
 public:
  Curator(const ExtractedAttributes& extracted, const CurateKnowledge& knowledge,
          const CurateOptions& options, PhraseEmbedder& embedder, const IndexRegistry& indexes)
      : extracted_(extracted),
        knowledge_(knowledge),
        options_(options),
        embedder_(embedder),
        indexes_(indexes) {
    if (options.merge.use_contexts) titles_.emplace(extracted.titles, options.merge.contexts);
  }

  Curation run() {
    Curation result;
    result.affixes = find_affixes(extracted_, options_.affixes);
    const std::vector<int64_t> base_of =
        strip_affixes(extracted_, result.affixes, knowledge_.families, options_.affixes);
    const std::map<std::string, Bases> families = bases_by_family(extracted_, base_of);
    for (const bool is_like_another : {false, true}) {
      for (const auto& [family, bases] : families) {
        const std::string& like = knowledge_.families.of(family).like;
        if ((!like.empty() && families.contains(like)) == is_like_another)
          propose(family, bases, result);
      }
    }
    std::stable_sort(
        result.proposals.begin(), result.proposals.end(),
        [](const Proposal& a, const Proposal& b) { return a.key.first < b.key.first; });
    decide(base_of, result);
    return result;
  }

 private:
  const std::string& phrase_of(int64_t form) const {
    return extracted_.forms[static_cast<size_t>(form)].phrase;
  }

  void propose(const std::string& family, const Bases& bases, Curation& result) {
    const FamilyOptions& known = knowledge_.families.of(family);
    FamilyPhrases frequent{family, known.exclusive, {}, {}};
    size_t count = 0;
    for (; count < bases.forms.size() &&
           static_cast<int64_t>(bases.products[count].size()) >= options_.min_count;
         ++count) {
      frequent.phrases.push_back(phrase_of(bases.forms[count]));
      frequent.products.push_back(&bases.products[count]);
    }
    if (count > 0) {
      const PhraseEmbeddings embeddings = embedder_.embed(family, frequent.phrases);
      const FloatRows rows{embeddings.values.data(), static_cast<int64_t>(count), embeddings.dim};
      std::vector<MergeDecision> merged =
          merge_phrases(frequent, rows, *indexes_.create(options_.index, rows), knowledge_.synonyms,
                        titles_ ? &*titles_ : nullptr, options_.merge);
      if (!known.like.empty()) follow(known.like, frequent.phrases, merged);
      for (size_t i = 0; i < count; ++i) {
        add({{family, frequent.phrases[i]},
             static_cast<int64_t>(bases.products[i].size()),
             frequent.phrases[static_cast<size_t>(merged[i].canonical)],
             merged[i].evidence,
             merged[i].strength},
            result);
      }
    }
    for (size_t i = count; i < bases.forms.size(); ++i)
      rescue(family, phrase_of(bases.forms[i]), static_cast<int64_t>(bases.products[i].size()),
             frequent.phrases, result);
  }

  // A rare phrase stays as another spelling or a synonym of a frequent one.
  void rescue(const std::string& family, const std::string& phrase, int64_t count,
              const std::vector<std::string>& frequent, Curation& result) {
    for (const std::string& other : frequent) {
      const bool is_spelling = spelling_key(phrase) == spelling_key(other);
      if (!is_spelling && !knowledge_.synonyms.are_synonyms(family, phrase, other)) continue;
      add({{family, phrase},
           count,
           values_.at({family, other}),
           is_spelling ? MergeEvidence::kSpelling : MergeEvidence::kSynonyms,
           1},
          result);
      return;
    }
  }

  // Phrases that are one value in another family are one here: the most frequent of them.
  void follow(const std::string& like, const std::vector<std::string>& phrases,
              std::vector<MergeDecision>& merged) const {
    std::map<std::string, int64_t> first;
    for (size_t i = 0; i < phrases.size(); ++i) {
      const auto value = values_.find({like, phrases[i]});
      if (value == values_.end()) continue;
      const int64_t representative =
          first.emplace(value->second, static_cast<int64_t>(i)).first->second;
      const bool is_own = representative == static_cast<int64_t>(i);
      merged[i] = {representative, is_own ? MergeEvidence::kNone : MergeEvidence::kSynonyms,
                   is_own ? 0.0 : 1.0};
    }
    // What was merged into a phrase that moved moves along.
    for (MergeDecision& decision : merged)
      decision.canonical = merged[static_cast<size_t>(decision.canonical)].canonical;
  }

  void add(Proposal proposal, Curation& result) {
    values_[proposal.key] = proposal.value;
    result.proposals.push_back(std::move(proposal));
  }

  // The most frequent form of each phrase without affixes, by which people know it: "knee length",
  // although "knee" is left of it.
  std::map<PhraseKey, std::string> usual_forms(const std::vector<int64_t>& base_of) const {
    std::map<PhraseKey, const SurfaceForm*> usual;
    for (size_t i = 0; i < base_of.size(); ++i) {
      const SurfaceForm& form = extracted_.forms[i];
      const SurfaceForm*& best = usual[{form.family, phrase_of(base_of[i])}];
      if (best == nullptr || form.products.size() > best->products.size()) best = &form;
    }
    std::map<PhraseKey, std::string> names;
    for (const auto& [key, form] : usual) names[key] = form->phrase;
    return names;
  }

  void decide(const std::vector<int64_t>& base_of, Curation& result) const {
    const std::map<PhraseKey, std::string> usual = usual_forms(base_of);
    for (size_t i = 0; i < base_of.size(); ++i) {
      const SurfaceForm& form = extracted_.forms[i];
      const PhraseKey base{form.family, phrase_of(base_of[i])};
      CuratedForm& curated = result.forms.emplace_back();
      curated.base = base_of[i];
      if (!values_.contains(base) && !knowledge_.decisions.contains(base)) {
        curated.reason = "rare";
        continue;
      }
      const std::optional<std::string> value =
          resolve(base.first, base.second, values_, knowledge_.decisions);
      if (!value) {
        curated.reason = "rejected";
        continue;
      }
      const auto name = usual.find({form.family, *value});
      curated.canonical = name == usual.end() ? *value : name->second;
      curated.reason = curated.canonical == form.phrase ? "kept" : "merged";
      auto& products = result.vocabulary[{form.family, curated.canonical}];
      products.insert(products.end(), form.products.begin(), form.products.end());
    }
    for (auto& [key, products] : result.vocabulary) products = united(std::move(products));
  }

  const ExtractedAttributes& extracted_;
  const CurateKnowledge& knowledge_;
  const CurateOptions& options_;
  PhraseEmbedder& embedder_;
  const IndexRegistry& indexes_;
  std::optional<TitleFeatures> titles_;
  std::map<PhraseKey, std::string> values_;  ///< of the phrases that stay
};

}  // namespace

Curation curate(const ExtractedAttributes& extracted, const CurateKnowledge& knowledge,
                const CurateOptions& options, PhraseEmbedder& embedder,
                const IndexRegistry& indexes) {
  return Curator(extracted, knowledge, options, embedder, indexes).run();
}

}  // namespace twinset::pinlanding
