#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/run_options.h"
#include "experiments/twinset/show_config.h"
#include "framework/config/completion.h"

namespace twinset {
namespace {

constexpr const char* kBash = R"shell(_twinset_complete() {
  local IFS=$'\n' word cut
  COMPREPLY=($(COMP_LINE="$COMP_LINE" COMP_POINT="$COMP_POINT" "${COMP_WORDS[0]}" -sc query=bash 2>/dev/null))
  # Readline counts a word from the last character of COMP_WORDBREAKS.
  word=${COMP_LINE:0:$COMP_POINT}; word=${word##* }
  cut=${word%"${word##*[=:]}"}
  [ -z "$cut" ] || COMPREPLY=("${COMPREPLY[@]#"$cut"}")
  [ "${#COMPREPLY[@]}" != 1 ] || [[ "${COMPREPLY[0]}" == *[=./] ]] || COMPREPLY[0]+=' '
}
complete -o nospace -o nosort -F _twinset_complete twinset
)shell";

constexpr const char* kZsh = R"shell(#compdef twinset
_twinset() {
  local -a found more
  found=(${(f)"$(COMP_LINE="${(j: :)words[1,CURRENT]}" "${words[1]}" -sc query=zsh 2>/dev/null)"})
  more=(${(M)found:#*[=./]})
  found=(${found:#*[=./]})
  (( $#more )) && compadd -Q -S '' -- $more
  (( $#found )) && compadd -Q -- $found
  return 0
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u }
compdef _twinset twinset
)shell";

constexpr const char* kFish = R"shell(function __twinset_complete
  set -lx COMP_LINE (commandline -cp)
  set -l program (commandline -opc)[1]
  $program -sc query=fish 2>/dev/null
end
complete -c twinset -f -a '(__twinset_complete)'
)shell";

// The choices of an option from the field lists: of the run, or of the plug-in that the config
// names.
std::vector<std::string> choices_of(const std::string& key, const Node& config,
                                    const Plugins& plugins) {
  const auto from = [](const std::vector<FieldInfo>& fields,
                       const std::string& name) -> std::vector<std::string> {
    for (const FieldInfo& field : fields) {
      if (field.name == name && !field.field.choices.empty()) return field.field.choices;
      if (field.name == name && field.type == "bool") return {"true", "false"};
    }
    return {};
  };
  if (auto choices = from(describe_options<RunOptions>(), key); !choices.empty()) return choices;
  const size_t dot = key.rfind('.');
  if (dot == std::string::npos) return {};
  const Node* node = config.find_path(key.substr(0, dot));
  const Node* name = node == nullptr ? nullptr : node->find("name");
  if (name == nullptr || !name->is_string()) return {};
  const auto in = [&](const auto& registry, const char* group) -> std::vector<std::string> {
    const auto entry = registry.entries().find(name->as_string());
    if (key.rfind(group, 0) != 0 || entry == registry.entries().end()) return {};
    return from(entry->second.options, key.substr(dot + 1));
  };
  for (auto choices :
       {in(plugins.datasets, "dataset.reader"), in(plugins.encoders, "encoder"),
        in(plugins.encoders, "title_encoder"), in(plugins.encoders, "attribute_encoder"),
        in(plugins.negatives, "negatives"), in(plugins.losses, "loss"),
        in(plugins.optimizers, "optimizer"), in(plugins.schedules, "schedule")}) {
    if (!choices.empty()) return choices;
  }
  return {};
}

std::vector<std::string> beginning_with(const std::vector<std::string>& names,
                                        const std::string& word) {
  std::vector<std::string> found;
  std::copy_if(names.begin(), names.end(), std::back_inserter(found),
               [&](const std::string& name) { return name.rfind(word, 0) == 0; });
  return found;
}

const CommandOption* option_with_value(const std::string& word) {
  for (const CommandOption& option : command_options()) {
    if (!option.value.empty() &&
        (option.name == word || (!option.short_name.empty() && option.short_name == word)))
      return &option;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> complete_command_line(const std::string& text,
                                               const std::vector<std::string>& commands,
                                               const Plugins& plugins) {
  std::vector<std::string> words = split_command_line(text);
  if (words.size() < 2) return {};
  const std::string word = words.back();
  words.erase(words.begin());
  words.pop_back();
  if (const CommandOption* option = words.empty() ? nullptr : option_with_value(words.back())) {
    return beginning_with(option_choices(*option), word);
  }
  if (!word.empty() && word[0] == '-') {
    std::vector<std::string> names;
    for (const CommandOption& option : command_options()) names.push_back(option.name);
    return beginning_with(names, word);
  }
  CommandLine line;
  try {
    line = parse_command_line(words);
  } catch (const Error&) {
    return {};
  }
  if (line.command.empty()) return beginning_with(commands, word);
  Composer composer = make_composer(line);
  return complete_override(
      composer, line.config_name, line.overrides, word,
      [&](const std::string& key, const Node& config) { return choices_of(key, config, plugins); });
}

int shell_completion_command(const CommandLine& line, const std::vector<std::string>& commands,
                             const Plugins& plugins) {
  const size_t equals = line.shell_completion.find('=');
  const std::string action = line.shell_completion.substr(0, equals);
  const std::string shell = line.shell_completion.substr(equals + 1);
  if (action == "install") {
    std::cout << (shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish);
  } else if (action == "uninstall") {
    std::cout << (shell == "bash"  ? "complete -r twinset; unset -f _twinset_complete\n"
                  : shell == "zsh" ? "compdef -d twinset; unfunction _twinset\n"
                                   : "complete -c twinset -e; functions -e __twinset_complete\n");
  } else {
    const char* text = std::getenv("COMP_LINE");
    if (text == nullptr)
      throw ConfigError({.where = "-sc query",
                         .what = "COMP_LINE is not set",
                         .expected = "the command line in it, up to COMP_POINT"});
    std::string typed = text;
    if (const char* point = std::getenv("COMP_POINT"))
      typed = typed.substr(0, std::strtoul(point, nullptr, 10));
    for (const std::string& word : complete_command_line(typed, commands, plugins))
      std::cout << word << "\n";
  }
  return 0;
}

}  // namespace twinset
