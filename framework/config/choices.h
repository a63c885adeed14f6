// The choices from groups during a composition: what overrides ask for, what was chosen, what was
// deleted.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "framework/config/config_source.h"
#include "framework/config/default_item.h"
#include "framework/config/override.h"

namespace twinset {

class Choices {
 public:
  /// Sorts the overrides: those of groups are kept here, the others go to `config_overrides`.
  Choices(const ConfigRepository& repository, const std::vector<Override>& overrides,
          std::vector<Override>& config_overrides);

  /// An `override group: option` of a defaults list; the command line and earlier ones win.
  void add_override(const std::string& config_path, const DefaultItem& item);
  /// Changes the option to what an override says.
  void apply_override(DefaultItem& item);
  /// True if the command line deletes the entry; counts as a use of the deletion.
  bool is_deleted(const DefaultItem& item);
  /// Takes down what was chosen. @throws ConfigError if the group has another option already
  void note(const DefaultItem& item);
  void note_list(const DefaultItem& item);
  /// Entries that `+group=option` appends to the primary defaults list.
  const std::vector<DefaultItem>& appended() const { return appended_; }
  /// The override on the command line that chose or appended the entry; null if a file did.
  const Override* override_of(const DefaultItem& item) const;

  /// The choices as interpolations in defaults lists see them.
  Node as_node(const std::vector<DefaultItem>& items, bool self_added) const;
  std::vector<std::string> keys() const;
  const std::vector<std::pair<std::string, std::string>>& made() const { return made_; }

  /// @throws ConfigError for an override or a deletion that no entry matched
  void check_all_used() const;

 private:
  struct Request {
    DefaultEntry entry;       // only the choice counts
    std::string config_path;  // that holds the override; empty: the command line
    Override override;        // of the command line
    bool is_used = false;
  };
  struct Deletion {
    std::optional<std::string> option;
    std::string text;
    bool is_used = false;
  };

  void add_group_override(const Override& override);
  [[noreturn]] void fail_unused(const std::string& key, const Request& request) const;

  std::vector<std::pair<std::string, Request>> requests_;
  std::map<std::string, Deletion> deletions_;
  std::vector<DefaultItem> appended_;
  std::map<std::string, Override> appending_;  // by override key
  std::vector<std::pair<std::string, std::optional<std::string>>> known_;
  std::vector<std::pair<std::string, std::string>> made_;
  std::map<std::string, std::set<std::string>> keys_by_group_;
};

}  // namespace twinset
