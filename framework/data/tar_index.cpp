#include "framework/data/tar_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include "framework/core/error.h"
#include "framework/core/logging.h"
#include "framework/data/random_access_file.h"

namespace twinset {
namespace {

constexpr int64_t kBlock = 512;
constexpr int64_t kLongestExtension = 1 << 20;
constexpr int64_t kReadAhead = 64 << 10;

int64_t padded(int64_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

/// Serves the small forward reads of a header scan from one larger buffer.
class ForwardReader {
 public:
  explicit ForwardReader(const RandomAccessFile& file) : file_(file) {}

  std::string_view read(int64_t offset, int64_t size) {
    if (offset < start_ || offset + size > start_ + static_cast<int64_t>(buffer_.size())) {
      start_ = offset;
      buffer_ = file_.read(offset, std::min(std::max(size, kReadAhead), file_.size() - offset));
    }
    return std::string_view(buffer_).substr(static_cast<size_t>(offset - start_),
                                            static_cast<size_t>(size));
  }

 private:
  const RandomAccessFile& file_;
  int64_t start_ = 0;
  std::string buffer_;
};

std::string_view text_field(std::string_view header, size_t offset, size_t length) {
  const std::string_view field = header.substr(offset, length);
  return field.substr(0, field.find('\0'));
}

/// An octal number, or the base-256 number that GNU tar writes for 8 GiB and more.
std::optional<int64_t> number_field(std::string_view header, size_t offset, size_t length) {
  const std::string_view field = header.substr(offset, length);
  if (static_cast<unsigned char>(field[0]) == 0x80) {
    uint64_t value = 0;
    for (size_t i = 1; i < length; ++i) {
      if (value >> 55) return std::nullopt;
      value = value << 8 | static_cast<unsigned char>(field[i]);
    }
    return static_cast<int64_t>(value);
  }
  size_t i = 0;
  while (i < length && field[i] == ' ') ++i;
  int64_t value = 0;
  for (; i < length && field[i] >= '0' && field[i] <= '7'; ++i)
    value = value * 8 + (field[i] - '0');
  if (i < length && field[i] != '\0' && field[i] != ' ') return std::nullopt;
  return value;
}

bool checksum_holds(std::string_view header) {
  const std::optional<int64_t> stored = number_field(header, 148, 8);
  int64_t as_unsigned = 8 * ' ', as_signed = 8 * ' ';
  for (size_t i = 0; i < header.size(); ++i) {
    if (i >= 148 && i < 156) continue;
    as_unsigned += static_cast<unsigned char>(header[i]);
    as_signed += static_cast<signed char>(header[i]);
  }
  return stored && (*stored == as_unsigned || *stored == as_signed);
}

bool all_zero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

/// What a pax or GNU extension header says of the next member.
struct Extension {
  std::optional<std::string> name;
  std::optional<int64_t> size;
};

class TarScan {
 public:
  explicit TarScan(const std::filesystem::path& path) : path_(path), file_(path), reader_(file_) {}

  std::vector<TarMember> run() {
    std::vector<TarMember> members;
    Extension extension;
    while (true) {
      if (offset_ == file_.size()) {
        log_warning("{}: ends without tar's end marker, so it may have lost files at its end",
                    path_.string());
        return members;
      }
      if (file_.size() - offset_ < kBlock)
        fail("the archive ends in the middle of a header", "512 bytes");
      const std::string header(reader_.read(offset_, kBlock));
      if (all_zero(header)) {
        check_end();
        return members;
      }
      read_member(header, extension, members);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what, const std::string& expected) const {
    throw DataError(
        {.where = fmt::format("{}: byte {}", path_.string(), offset_),
         .what = what,
         .expected = expected,
         .todo = "the archive is corrupt or was not copied whole; write or copy it again"});
  }

  void read_member(const std::string& header, Extension& extension,
                   std::vector<TarMember>& members) {
    if (!checksum_holds(header)) fail("the tar header's checksum is wrong", "a tar header");
    const std::optional<int64_t> written_size = number_field(header, 124, 12);
    if (!written_size) fail("the size in the tar header is no number", "octal digits");
    const char type = header[156];
    const bool is_extension =
        type == 'L' || type == 'K' || type == 'x' || type == 'X' || type == 'g';
    const bool is_plain = type == '0' || type == '\0' || type == '7';
    if (type == 'S') fail("a sparse member", "a plain one (pack without --sparse)");
    const std::string name = extension.name ? *extension.name : header_name(header);
    int64_t size = !is_extension && extension.size ? *extension.size : *written_size;
    if (type >= '1' && type <= '6') size = 0;
    const int64_t data = offset_ + kBlock;
    if (size < 0 || size > file_.size() - data) {
      fail(fmt::format("'{}' is {} bytes, but only {} are left in the file", name, size,
                       file_.size() - data),
           "the whole member");
    }
    if (is_extension) {
      if (size > kLongestExtension)
        fail(fmt::format("an extended header of {} bytes", size), "at most 1 MiB");
      read_extension(type, reader_.read(data, size), extension);
    } else {
      if (is_plain && !(name.ends_with('/'))) members.push_back({name, data, size});
      extension = {};
    }
    offset_ = std::min(data + padded(size), file_.size());
  }

  static std::string header_name(std::string_view header) {
    const std::string name(text_field(header, 0, 100));
    const std::string_view prefix = text_field(header, 345, 155);
    const bool is_ustar = header.substr(257, 6) == std::string_view("ustar\0", 6);
    return is_ustar && !prefix.empty() ? std::string(prefix) + "/" + name : name;
  }

  void read_extension(char type, std::string_view data, Extension& extension) const {
    if (type == 'L') extension.name = std::string(data.substr(0, data.find('\0')));
    if (type != 'x' && type != 'X') return;
    while (!data.empty() && data[0] != '\0') {
      size_t length = 0;
      const auto [end, error] = std::from_chars(data.data(), data.data() + data.size(), length);
      const auto digits = static_cast<size_t>(end - data.data());
      const size_t equals = data.find('=');
      if (error != std::errc() || length > data.size() || length < digits + 3 ||
          data[digits] != ' ' || data[length - 1] != '\n' || equals >= length) {
        fail("a malformed pax record", "'length key=value'");
      }
      const std::string_view key = data.substr(digits + 1, equals - digits - 1);
      const std::string_view value = data.substr(equals + 1, length - equals - 2);
      if (key == "path") extension.name = std::string(value);
      if (key == "size") {
        int64_t size = -1;
        std::from_chars(value.data(), value.data() + value.size(), size);
        extension.size = size;
      }
      if (key.starts_with("GNU.sparse"))
        fail("a sparse member", "a plain one (pack without --sparse)");
      data.remove_prefix(length);
    }
  }

  void check_end() {
    for (int64_t at = offset_; at < file_.size(); at += kReadAhead) {
      if (all_zero(reader_.read(at, std::min(kReadAhead, file_.size() - at)))) continue;
      log_warning(
          "{}: byte {}: data after tar's end marker is not read; joined archives must be separate "
          "files",
          path_.string(), at);
      return;
    }
  }

  std::filesystem::path path_;
  RandomAccessFile file_;
  ForwardReader reader_;
  int64_t offset_ = 0;
};

}  // namespace

std::vector<TarMember> read_tar_index(const std::filesystem::path& file) {
  return TarScan(file).run();
}

}  // namespace twinset
