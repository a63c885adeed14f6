#include "framework/config/default_item.h"

#include <algorithm>

#include "framework/config/scalar.h"

namespace twinset {
namespace {

constexpr std::string_view kGlobal = "_global_";

std::string with_dots(std::string path) {
  std::replace(path.begin(), path.end(), '/', '.');
  return path;
}

bool is_absolute(const std::string& path) { return !path.empty() && path[0] == '/'; }

std::string join(const std::string& parent, const std::string& child, char separator) {
  if (parent.empty()) return child;
  return child.empty() ? parent : parent + separator + child;
}

}  // namespace

void DefaultItem::set_parent(const std::string& group, const std::string& package_of_parent) {
  parent_group = group;
  parent_package = package_of_parent;
  if (!package) return;
  constexpr std::string_view kGroup = "_group_";
  const size_t at = package->find(kGroup);
  if (at == std::string::npos) return;
  package->replace(at, kGroup.size(), with_dots(group_path()));
  package = std::string(kGlobal) + "." + *package;
}

void DefaultItem::set_header(const std::optional<std::string>& header) {
  if (!header) return;
  const bool is_global = *header == kGlobal || header->rfind(std::string(kGlobal) + ".", 0) == 0;
  package_header = is_global ? *header : std::string(kGlobal) + "." + *header;
}

std::string DefaultItem::group_path() const {
  const bool absolute = is_absolute(path);
  std::string group = absolute ? path.substr(1) : path;
  if (!is_group) group.erase(group.rfind('/') == std::string::npos ? 0 : group.rfind('/'));
  return absolute ? group : join(parent_group, group, '/');
}

std::string DefaultItem::config_path() const {
  if (is_group) return group_path() + "/" + option().value_or("None");
  return is_absolute(path) ? path.substr(1) : join(parent_group, path, '/');
}

std::optional<std::string> DefaultItem::option() const {
  if (!is_group) return path.substr(path.rfind('/') + 1);
  if (choice == Choice::kNull) return std::nullopt;
  return name;
}

std::string DefaultItem::final_package(bool use_header) const {
  std::optional<std::string> own = package;
  if (!own && use_header) own = package_header;
  if (!own) {
    std::string group = is_absolute(path) ? path.substr(1) : path;
    if (!is_group) group.erase(group.rfind('/') == std::string::npos ? 0 : group.rfind('/'));
    own = with_dots(group);
  }
  const std::string full = join(parent_package, *own, '.');
  const size_t global = full.rfind(kGlobal);
  if (global == std::string::npos) return full;
  return full.substr(std::min(global + kGlobal.size() + 1, full.size()));
}

std::string DefaultItem::override_key() const {
  const std::string target = final_package(false);
  const std::string group = group_path();
  if (target == with_dots(group)) return group;
  return group + "@" + (target.empty() ? std::string(kGlobal) : target);
}

bool DefaultItem::is_interpolation() const {
  return has_interpolation(is_group ? (choice == Choice::kName ? name : "") : path);
}

}  // namespace twinset
