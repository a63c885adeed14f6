#include "datasets/wardrobe/manifest.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset::wardrobe {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

Json parse_file(const fs::path& path) {
  const Json json = Json::parse(read_file(path), nullptr, false);
  if (!json.is_object() || !json.contains("digest") || !json["digest"].is_string()) {
    throw DataError({.where = path.string(),
                     .what = "not a wardrobe's manifest",
                     .todo = "remove the folder or choose another one"});
  }
  return json;
}

Json identity(const WardrobeOptions& options) {
  Node node = options_to_node(options);
  node.erase("folder");
  node.erase("num_threads");
  return {{"kind", "wardrobe"},
          {"version", kWardrobeVersion},
          {"digest", options_digest(options)},
          {"options", to_json(node)}};
}

// "num_products 100, expected 200": the options in which two data sets differ.
std::string difference(const Json& found, const Json& expected) {
  std::string text;
  if (found.value("version", 0) != kWardrobeVersion)
    text = fmt::format("version {} instead of {}", found.value("version", 0), kWardrobeVersion);
  const Json options = found.value("options", Json::object()), wanted = expected["options"];
  for (const auto& [key, value] : wanted.items()) {
    const std::string was = options.contains(key) ? options[key].dump() : "absent";
    if (was != value.dump())
      text +=
          fmt::format("{}{} {} instead of {}", text.empty() ? "" : ", ", key, was, value.dump());
  }
  return text;
}

bool has_output(const WardrobeOptions& options) {
  const fs::path folder = options.folder;
  if (!fs::exists(folder)) return false;
  if (!fs::is_directory(folder))
    throw ConfigError({.where = "wardrobe.folder",
                       .what = fmt::format("'{}' is a file", options.folder),
                       .expected = "a folder"});
  if (options.layout == "fashion200k")
    return fs::exists(folder / "labels") || fs::exists(folder / "women");
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(options.stem + "-") && name.ends_with(".tar")) return true;
  }
  return false;
}

// A listed file of another size is taken away, so that it is written again.
bool is_whole(const fs::path& folder, const Json& manifest) {
  bool is_whole = true;
  const Json files = manifest.value("files", Json::object());
  for (const auto& [name, num_bytes] : files.items()) {
    std::error_code error;
    const uintmax_t size = fs::file_size(folder / name, error);
    if (!error && size == num_bytes.get<uintmax_t>()) continue;
    is_whole = false;
    fs::remove(folder / name, error);
  }
  return is_whole;
}

}  // namespace

std::string options_digest(const WardrobeOptions& options) {
  Node node = options_to_node(options);
  node.erase("folder");
  node.erase("num_threads");
  node.set("version", int64_t{kWardrobeVersion});
  return digest(node);
}

FolderState check_folder(const WardrobeOptions& options) {
  const fs::path folder = options.folder;
  for (const char* name : {kManifestName, kUnfinishedName}) {
    const fs::path path = folder / name;
    if (!fs::exists(path)) continue;
    const Json found = parse_file(path);
    if (found["digest"] != options_digest(options)) {
      throw ConfigError({.where = path.string(),
                         .what = fmt::format("the folder holds another data set ({})",
                                             difference(found, identity(options))),
                         .expected = "this one or an empty folder",
                         .todo = "choose another folder, or remove this one"});
    }
    return name == kManifestName && is_whole(folder, found) ? FolderState::kComplete
                                                            : FolderState::kUnfinished;
  }
  if (has_output(options)) {
    throw ConfigError(
        {.where = options.folder,
         .what = fmt::format("there are files of this layout, but no {}", kManifestName),
         .expected = "a wardrobe or an empty folder",
         .todo = "choose another folder, or remove these files"});
  }
  return FolderState::kEmpty;
}

void mark_unfinished(const WardrobeOptions& options) {
  write_file(fs::path(options.folder) / kUnfinishedName, identity(options).dump(2) + "\n");
}

void write_manifest(const WardrobeOptions& options, const WardrobeSummary& summary,
                    const std::vector<std::string>& files) {
  Json json = identity(options);
  json["num_products"] = summary.num_products;
  json["num_images"] = summary.num_images;
  json["num_files"] = summary.num_files;
  json["num_bytes"] = summary.num_bytes;
  json["splits"] = summary.split_products;
  json["files"] = Json::object();
  for (const std::string& name : files)
    json["files"][name] = fs::file_size(fs::path(options.folder) / name);
  write_file(fs::path(options.folder) / kManifestName, json.dump(2) + "\n");
  fs::remove(fs::path(options.folder) / kUnfinishedName);
}

WardrobeSummary read_manifest(const fs::path& folder) {
  const Json json = parse_file(folder / kManifestName);
  WardrobeSummary summary;
  summary.num_products = json.value("num_products", int64_t{0});
  summary.num_images = json.value("num_images", int64_t{0});
  summary.num_files = json.value("num_files", int64_t{0});
  summary.num_bytes = json.value("num_bytes", int64_t{0});
  summary.split_products = json.value("splits", std::map<std::string, int64_t>{});
  summary.was_complete = true;
  return summary;
}

}  // namespace twinset::wardrobe
