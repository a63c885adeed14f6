// Completion of overrides: keys, groups, options and values that may stand where the cursor is.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "framework/config/compose.h"

namespace twinset {

/// What may stand behind "key=": the choices of an option. May be empty.
using ValueChoices =
    std::function<std::vector<std::string>(const std::string& key, const Node& config)>;

/// The whole words that `word`, the beginning of an override, can become, sorted. A candidate that
/// ends in '.', '/' or '=' goes on. Keys end in '.' (a map) or '=' (a value), groups in '=' (and
/// '/' if they hold groups); behind '=' stand the options of the group, or the value's choices, or
/// its present value. Prefixes '+', '++' and '~' are kept, and so is what stands before the last
/// comma of a sweep.
///
/// @param overrides  the other words; those that can't be parsed or applied are left out
std::vector<std::string> complete_override(Composer& composer, const std::string& config_name,
                                           const std::vector<std::string>& overrides,
                                           const std::string& word,
                                           const ValueChoices& value_choices = nullptr);

/// The words of a command line up to the cursor, as a shell splits them: quotes and backslashes are
/// taken off. The last one is the word under the cursor, empty behind a space.
std::vector<std::string> split_command_line(const std::string& line);

}  // namespace twinset
