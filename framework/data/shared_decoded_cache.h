// Decoded images that several processes of one machine share, so that the jobs of a sweep decode
// each image once.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "framework/data/image.h"

namespace twinset {

/// Identifies an image for all jobs: a data set's reader with its options, the split, the place
/// within.
struct ImageKey {
  uint64_t first = 0, second = 0;  ///< two independent hashes: 128 bits
};
ImageKey image_key(std::string_view data_set, int64_t index, std::string_view place);

/// A bounded store in anonymous shared memory (memfd), first come, first kept. It vanishes with the
/// last process that has it open, also after kill -9.
///
/// Any number of processes and threads use it at once, without locks: a process that dies at any
/// moment leaves at most the room of the image it was writing unused. Pixels are written through
/// the file and mapped read-only, so a process that runs wild can't change an image that another
/// one reads.
class SharedDecodedCache {
 public:
  /// Makes a new one for at most `max_bytes` of pixels. @throws SystemError
  static std::unique_ptr<SharedDecodedCache> make(int64_t max_bytes);
  /// Opens the one that another process made, by its `path`. @throws SystemError
  static std::unique_ptr<SharedDecodedCache> open(const std::string& path);
  ~SharedDecodedCache();
  SharedDecodedCache(const SharedDecodedCache&) = delete;
  SharedDecodedCache& operator=(const SharedDecodedCache&) = delete;

  /// "/proc/PID/fd/N", which other processes of this user can open while this process lives.
  std::string path() const;

  /// Calls `use` with the kept image, or with what `decode` makes, which is kept from then on if
  /// there is room.
  void with_image(const ImageKey& key, const std::function<Image()>& decode,
                  const std::function<void(const Image&)>& use);

  int64_t num_kept() const;   ///< images
  int64_t num_bytes() const;  ///< of their pixels
  int64_t num_reads()
      const;  ///< how often a kept image was used instead of decoding, by all processes

 private:
  struct Header;
  struct Slot;
  SharedDecodedCache(int descriptor, int64_t capacity, int64_t num_slots);
  bool read(const ImageKey& key, Image& image) const;
  void keep(const ImageKey& key, const Image& image);
  Slot* slots() const;

  int descriptor_;
  int64_t capacity_;
  int64_t num_slots_;
  int64_t table_bytes_;
  Header* header_ = nullptr;         ///< and the slots behind it; writable
  const uint8_t* pixels_ = nullptr;  ///< read-only
};

}  // namespace twinset
