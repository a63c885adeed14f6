#include "experiments/pinlanding/curate/curate_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace twinset::pinlanding {
namespace {

constexpr size_t kMostExamples = 12;

struct FamilyCounts {
  int64_t raw = 0, kept = 0, merged = 0, rare = 0, rejected = 0, values = 0;
};

std::string examples(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < std::min(kMostExamples, names.size()); ++i)
    text += (i > 0 ? ", " : "") + names[i];
  return names.size() > kMostExamples ? text + fmt::format(", ... ({} in all)", names.size())
                                      : text;
}

}  // namespace

std::string curate_report(const ExtractedAttributes& extracted, const Curation& curation) {
  std::map<std::string, FamilyCounts> families;
  std::map<std::string, std::vector<std::pair<int64_t, std::string>>> dropped;
  int64_t pairs_before = 0, pairs_after = 0;
  for (const RawPhrase& raw : extracted.raw) {
    FamilyCounts& counts = families[raw.family];
    ++counts.raw;
    pairs_before += raw.count;
    const std::string reason =
        raw.form < 0 ? "rejected" : curation.forms[static_cast<size_t>(raw.form)].reason;
    ++(reason == "kept"     ? counts.kept
       : reason == "merged" ? counts.merged
       : reason == "rare"   ? counts.rare
                            : counts.rejected);
    if (reason == "rare" || reason == "rejected")
      dropped[reason].emplace_back(raw.count,
                                   fmt::format("{}: {} ({})", raw.family, raw.text, raw.count));
  }
  for (const auto& [key, products] : curation.vocabulary) {
    ++families[key.first].values;
    pairs_after += static_cast<int64_t>(products.size());
  }
  const double n = static_cast<double>(extracted.num_products());
  std::string text = fmt::format(
      "# Curation\n\n{} products: {} raw phrases became {} values; {:.2f} phrases a product "
      "before, {:.2f} values after.\n\n",
      extracted.num_products(), extracted.raw.size(), curation.vocabulary.size(),
      static_cast<double>(pairs_before) / n, static_cast<double>(pairs_after) / n);
  text +=
      "| family | raw phrases | values | kept as they are | merged | rare | rejected "
      "|\n|---|---|---|---|---|---|---|\n";
  for (const auto& [family, c] : families) {
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", family, c.raw, c.values, c.kept,
                        c.merged, c.rare, c.rejected);
  }
  text += "\n## Merged\n\n";
  std::map<MergeEvidence, std::vector<std::string>> merged;
  for (const Proposal& proposal : curation.proposals) {
    if (proposal.evidence != MergeEvidence::kNone)
      merged[proposal.evidence].push_back(
          fmt::format("{} = {}", proposal.key.second, proposal.value));
  }
  for (const auto& [evidence, names] : merged)
    text += fmt::format("- {}: {}\n", evidence_name(evidence), examples(names));
  const auto affixes = [&](const char* title, const std::set<std::string>& words) {
    if (!words.empty())
      text += fmt::format("- {}: {}\n", title, examples({words.begin(), words.end()}));
  };
  affixes("words before a value that say nothing", curation.affixes.prefixes);
  affixes("words behind a value that say nothing", curation.affixes.suffixes);
  std::set<std::string> nouns;
  for (const auto& [family, noun] : curation.affixes.family_suffixes)
    nouns.insert(family + ": " + noun);
  affixes("nouns of families", nouns);
  text += "\n## Dropped\n\n";
  for (auto& [reason, list] : dropped) {
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<std::string> names;
    for (const auto& [count, name] : list) names.push_back(name);
    text += fmt::format("- {}: {}\n", reason, examples(names));
  }
  if (dropped.empty()) text += "Nothing.\n";
  return text;
}

}  // namespace twinset::pinlanding
