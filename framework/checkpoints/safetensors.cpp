#include "framework/checkpoints/safetensors.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little endian");

using Json = nlohmann::ordered_json;

// The reference implementation refuses longer headers too.
constexpr uint64_t kMaxHeader = 100'000'000;

struct TypeName {
  at::ScalarType type;
  const char* name;
};
constexpr TypeName kTypes[] = {{at::kDouble, "F64"},    {at::kFloat, "F32"}, {at::kHalf, "F16"},
                               {at::kBFloat16, "BF16"}, {at::kLong, "I64"},  {at::kInt, "I32"},
                               {at::kByte, "U8"},       {at::kBool, "BOOL"}};

[[noreturn]] void fail(const std::filesystem::path& path, std::string what, std::string expected,
                       std::string todo = "") {
  throw DataError({.where = path.string(),
                   .what = std::move(what),
                   .expected = std::move(expected),
                   .todo = std::move(todo)});
}

const char* type_name(const std::filesystem::path& path, const std::string& tensor,
                      at::ScalarType type) {
  for (const TypeName& entry : kTypes) {
    if (entry.type == type) return entry.name;
  }
  fail(path, fmt::format("tensor '{}' has the type {}", tensor, toString(type)),
       "F64, F32, F16, BF16, I64, I32, U8 or BOOL");
}

// One tensor of the header, checked on its own.
struct Entry {
  std::string name;
  at::ScalarType type = at::kFloat;
  std::vector<int64_t> shape;
  uint64_t begin = 0, end = 0;
};

bool is_count(const Json& value) {
  return value.is_number_unsigned() || (value.is_number_integer() && value.get<int64_t>() >= 0);
}

class HeaderReader {
 public:
  HeaderReader(const std::filesystem::path& path, uint64_t data_bytes)
      : path_(path), data_bytes_(data_bytes) {}

  Entry read(const std::string& name, const Json& json) const {
    Entry entry;
    entry.name = name;
    const bool has_fields = json.is_object() && json.size() == 3 && json.contains("dtype") &&
                            json["dtype"].is_string() && json.contains("shape") &&
                            json["shape"].is_array() && json.contains("data_offsets") &&
                            json["data_offsets"].is_array() && json["data_offsets"].size() == 2;
    if (!has_fields)
      fail(path_, fmt::format("the entry of tensor '{}' is malformed", name),
           "dtype, shape and two data_offsets");
    entry.type = read_type(name, json["dtype"].get<std::string>());
    uint64_t bytes = c10::elementSize(entry.type);
    bool is_possible = true;
    for (const Json& size : json["shape"]) {
      is_possible = is_possible && is_count(size);
      if (!is_possible) break;
      const uint64_t count = size.get<uint64_t>();
      is_possible =
          count <= INT64_MAX && !__builtin_mul_overflow(bytes, count, &bytes) && bytes <= INT64_MAX;
      entry.shape.push_back(static_cast<int64_t>(count));
    }
    if (!is_possible)
      fail(path_, fmt::format("tensor '{}' has an impossible shape {}", name, json["shape"].dump()),
           "counts that fit the memory");
    read_offsets(json["data_offsets"], bytes, entry);
    return entry;
  }

 private:
  at::ScalarType read_type(const std::string& name, const std::string& type) const {
    for (const TypeName& known : kTypes) {
      if (type == known.name) return known.type;
    }
    fail(path_, fmt::format("tensor '{}' has the type '{}'", name, type),
         "F64, F32, F16, BF16, I64, I32, U8 or BOOL");
  }

  void read_offsets(const Json& offsets, uint64_t bytes, Entry& entry) const {
    const bool are_counts = is_count(offsets[0]) && is_count(offsets[1]);
    if (are_counts) {
      entry.begin = offsets[0].get<uint64_t>();
      entry.end = offsets[1].get<uint64_t>();
    }
    if (!are_counts || entry.begin > entry.end || entry.end > data_bytes_) {
      fail(path_, fmt::format("tensor '{}' lies at {}", entry.name, offsets.dump()),
           fmt::format("offsets within the {} bytes after the header", data_bytes_),
           "the file is truncated or corrupt");
    }
    if (entry.end - entry.begin != bytes) {
      fail(path_, fmt::format("tensor '{}' has {} bytes", entry.name, entry.end - entry.begin),
           fmt::format("{} for its type and shape", bytes), "the file is corrupt");
    }
  }

  const std::filesystem::path& path_;
  uint64_t data_bytes_;
};

Json parse_header(const std::filesystem::path& path, const std::string& text) {
  std::vector<std::set<std::string>> keys;
  std::string repeated;
  const auto note_keys = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second)
      repeated = value.get<std::string>();
    return true;
  };
  Json header = Json::parse(text, note_keys, false);
  if (header.is_discarded() || !header.is_object())
    fail(path, "the header is not a JSON object", "a safetensors file", "the file is corrupt");
  if (!repeated.empty())
    fail(path, fmt::format("the header has '{}' twice", repeated), "unique names",
         "the file is corrupt");
  return header;
}

std::map<std::string, std::string> read_metadata(const std::filesystem::path& path,
                                                 const Json& header) {
  std::map<std::string, std::string> metadata;
  const auto found = header.find("__metadata__");
  if (found == header.end()) return metadata;
  if (!found->is_object()) fail(path, "__metadata__ is no object", "names with strings");
  for (const auto& [key, value] : found->items()) {
    if (!value.is_string())
      fail(path, fmt::format("__metadata__ has '{}', which is no string", key), "strings");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

// Entries in the order of their bytes; together they must cover the data exactly.
std::vector<Entry> read_entries(const std::filesystem::path& path, const Json& header,
                                uint64_t data_bytes) {
  const HeaderReader reader(path, data_bytes);
  std::vector<Entry> entries;
  for (const auto& [name, json] : header.items()) {
    if (name != "__metadata__") entries.push_back(reader.read(name, json));
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  uint64_t position = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != position) {
      fail(path, fmt::format("tensor '{}' begins at {}", entry.name, entry.begin),
           fmt::format("{}, where the one before it ends", position),
           entry.begin < position ? "tensors overlap, the file is corrupt"
                                  : "there is a gap, the file is corrupt");
    }
    position = entry.end;
  }
  if (position != data_bytes) {
    fail(path, fmt::format("{} bytes follow the header", data_bytes),
         fmt::format("{}, the sum of its tensors", position), "the file is corrupt");
  }
  return entries;
}

}  // namespace

void save_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                      const std::map<std::string, std::string>& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  uint64_t position = 0;
  for (const auto& [name, tensor] : tensors) {
    if (name == "__metadata__" || header.contains(name))
      fail(path, fmt::format("the tensor name '{}' is taken", name), "unique names");
    const uint64_t end = position + static_cast<uint64_t>(tensor.numel()) * tensor.element_size();
    header[name] = {{"dtype", type_name(path, name, tensor.scalar_type())},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {position, end}}};
    position = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // tensors then begin at a multiple of 8 in the file
  const uint64_t header_bytes = text.size();
  if (header_bytes > kMaxHeader)
    fail(path, fmt::format("a header of {} bytes", header_bytes),
         fmt::format("at most {}", kMaxHeader));

  AtomicFile file(path);
  file.write(&header_bytes, sizeof(header_bytes));
  file.write(text);
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor rows = tensor.detach().cpu().contiguous();
    if (rows.numel() > 0) file.write(rows.const_data_ptr(), rows.nbytes());
  }
  file.commit();
}

SafetensorsFile load_safetensors(const std::filesystem::path& path) {
  std::error_code error;
  const uint64_t file_bytes = std::filesystem::file_size(path, error);
  std::ifstream stream(path, std::ios::binary);
  if (error || !stream)
    fail(path, "can't be read", "a safetensors file", "look at the path and its permissions");
  uint64_t header_bytes = 0;
  if (file_bytes < sizeof(header_bytes) ||
      !stream.read(reinterpret_cast<char*>(&header_bytes), sizeof(header_bytes))) {
    fail(path, fmt::format("{} bytes long", file_bytes), "a safetensors file",
         "the file is truncated");
  }
  if (header_bytes > kMaxHeader || header_bytes > file_bytes - sizeof(header_bytes)) {
    fail(path, fmt::format("its header would have {} bytes", header_bytes),
         fmt::format("at most {}", std::min(kMaxHeader, file_bytes - sizeof(header_bytes))),
         "the file is truncated, or no safetensors file");
  }
  std::string text(header_bytes, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  const Json header = parse_header(path, text);
  SafetensorsFile file;
  file.metadata = read_metadata(path, header);
  for (const Entry& entry :
       read_entries(path, header, file_bytes - sizeof(header_bytes) - header_bytes)) {
    at::Tensor tensor = at::empty(entry.shape, entry.type);
    if (tensor.numel() > 0)
      stream.read(static_cast<char*>(tensor.mutable_data_ptr()),
                  static_cast<std::streamsize>(tensor.nbytes()));
    if (!stream)
      fail(path, fmt::format("tensor '{}' can't be read to its end", entry.name),
           fmt::format("{} bytes", entry.end - entry.begin));
    file.tensors.emplace_back(entry.name, tensor);
  }
  return file;
}

}  // namespace twinset
