#include "framework/data/shared_decoded_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "framework/core/error.h"

namespace twinset {
namespace {

constexpr uint64_t kMagic = 0x74776e7365743031;  // "twnset01"
constexpr int64_t kPage = 4096;
constexpr int64_t kBytesPerSlot =
    4096;  // of pixels: images of 36 pixels a side fill table and room together
constexpr int64_t kMaxProbes = 64;

[[noreturn]] void fail_cache(const std::string& what) {
  throw SystemError({.where = "shared cache of decoded images",
                     .what = fmt::format("{}: {}", what, std::strerror(errno)),
                     .todo = "sweep.cache_gigabytes=0 does without"});
}

int64_t whole_pages(int64_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

uint64_t fnv(std::string_view text, uint64_t hash) {
  for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211ULL;
  return hash ^ (hash >> 29);
}

}  // namespace

/// At the beginning of the file, which begins as zeros.
struct SharedDecodedCache::Header {
  uint64_t magic;
  int64_t capacity, num_slots;
  std::atomic<int64_t> num_allocated, num_kept, num_bytes, num_reads;
};

/// `key.first` claims a slot; `is_ready` publishes what the others say. A claimed slot that is not
/// ready is being written, or its writer died.
struct SharedDecodedCache::Slot {
  std::atomic<uint64_t> first;
  uint64_t second;
  int64_t offset;
  int32_t width, height;
  std::atomic<uint32_t> is_ready;
};

ImageKey image_key(std::string_view data_set, int64_t index, std::string_view place) {
  const std::string text = fmt::format("{}\n{}\n{}", data_set, index, place);
  return {std::max<uint64_t>(1, fnv(text, 14695981039346656037ULL)),
          fnv(text, 0x9e3779b97f4a7c15ULL)};
}

std::unique_ptr<SharedDecodedCache> SharedDecodedCache::make(int64_t max_bytes) {
  static_assert(
      std::atomic<uint64_t>::is_always_lock_free && std::atomic<int64_t>::is_always_lock_free,
      "locks can't be shared");
  const int descriptor = ::memfd_create("twinset decoded images", MFD_CLOEXEC);
  if (descriptor < 0) fail_cache("can't be made");
  return std::unique_ptr<SharedDecodedCache>(new SharedDecodedCache(
      descriptor, max_bytes, std::max<int64_t>(kMaxProbes, max_bytes / kBytesPerSlot)));
}

std::unique_ptr<SharedDecodedCache> SharedDecodedCache::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) fail_cache(path + " can't be opened");
  Header header{};
  if (::pread(descriptor, static_cast<void*>(&header), sizeof header, 0) !=
          static_cast<ssize_t>(sizeof header) ||
      header.magic != kMagic) {
    ::close(descriptor);
    errno = EINVAL;
    fail_cache(path + " is none");
  }
  return std::unique_ptr<SharedDecodedCache>(
      new SharedDecodedCache(descriptor, header.capacity, header.num_slots));
}

SharedDecodedCache::SharedDecodedCache(int descriptor, int64_t capacity, int64_t num_slots)
    : descriptor_(descriptor),
      capacity_(capacity),
      num_slots_(num_slots),
      table_bytes_(whole_pages(static_cast<int64_t>(sizeof(Header)) +
                               num_slots * static_cast<int64_t>(sizeof(Slot)))) {
  struct stat status {};
  const int64_t size = table_bytes_ + std::max(kPage, whole_pages(capacity));
  const bool is_new = ::fstat(descriptor_, &status) == 0 && status.st_size == 0;
  if (is_new && ::ftruncate(descriptor_, size) != 0) fail_cache("can't have its size");
  void* table = ::mmap(nullptr, static_cast<size_t>(table_bytes_), PROT_READ | PROT_WRITE,
                       MAP_SHARED, descriptor_, 0);
  void* pixels = ::mmap(nullptr, static_cast<size_t>(size - table_bytes_), PROT_READ, MAP_SHARED,
                        descriptor_, table_bytes_);
  if (table == MAP_FAILED || pixels == MAP_FAILED) fail_cache("can't be mapped");
  header_ = static_cast<Header*>(table);
  pixels_ = static_cast<const uint8_t*>(pixels);
  if (is_new) {
    header_->capacity = capacity_;
    header_->num_slots = num_slots_;
    header_->magic = kMagic;
  }
}

SharedDecodedCache::~SharedDecodedCache() {
  ::munmap(header_, static_cast<size_t>(table_bytes_));
  ::munmap(const_cast<uint8_t*>(pixels_),
           static_cast<size_t>(std::max(kPage, whole_pages(capacity_))));
  ::close(descriptor_);
}

std::string SharedDecodedCache::path() const {
  return fmt::format("/proc/{}/fd/{}", ::getpid(), descriptor_);
}

SharedDecodedCache::Slot* SharedDecodedCache::slots() const {
  return reinterpret_cast<Slot*>(header_ + 1);
}

bool SharedDecodedCache::read(const ImageKey& key, Image& image) const {
  for (int64_t probe = 0; probe < kMaxProbes; ++probe) {
    const Slot& slot =
        slots()[(key.first + static_cast<uint64_t>(probe)) % static_cast<uint64_t>(num_slots_)];
    const uint64_t first = slot.first.load(std::memory_order_acquire);
    if (first == 0) return false;
    if (first != key.first) continue;
    if (slot.is_ready.load(std::memory_order_acquire) == 0) return false;
    const int64_t size = int64_t{slot.width} * slot.height * 3;
    if (slot.second != key.second || slot.width <= 0 || slot.height <= 0 || slot.offset < 0 ||
        slot.offset + size > capacity_)
      return false;
    image.width = slot.width;
    image.height = slot.height;
    image.pixels.assign(pixels_ + slot.offset, pixels_ + slot.offset + size);
    return true;
  }
  return false;
}

void SharedDecodedCache::keep(const ImageKey& key, const Image& image) {
  const auto size = static_cast<int64_t>(image.pixels.size());
  if (header_->num_allocated.load(std::memory_order_relaxed) + size > capacity_) return;
  for (int64_t probe = 0; probe < kMaxProbes; ++probe) {
    Slot& slot =
        slots()[(key.first + static_cast<uint64_t>(probe)) % static_cast<uint64_t>(num_slots_)];
    uint64_t first = 0;
    if (!slot.first.compare_exchange_strong(first, key.first, std::memory_order_acq_rel)) {
      if (first == key.first) return;  // somebody else keeps it
      continue;
    }
    const int64_t offset = header_->num_allocated.fetch_add(size, std::memory_order_relaxed);
    if (offset + size > capacity_) return;
    for (int64_t done = 0; done < size;) {
      const ssize_t count =
          ::pwrite(descriptor_, image.pixels.data() + done, static_cast<size_t>(size - done),
                   table_bytes_ + offset + done);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;  // no memory: not kept
      done += count;
    }
    slot.second = key.second;
    slot.offset = offset;
    slot.width = image.width;
    slot.height = image.height;
    slot.is_ready.store(1, std::memory_order_release);
    header_->num_kept.fetch_add(1, std::memory_order_relaxed);
    header_->num_bytes.fetch_add(size, std::memory_order_relaxed);
    return;
  }
}

void SharedDecodedCache::with_image(const ImageKey& key, const std::function<Image()>& decode,
                                    const std::function<void(const Image&)>& use) {
  thread_local Image kept;  // its memory is used again for the next image
  if (read(key, kept)) {
    header_->num_reads.fetch_add(1, std::memory_order_relaxed);
    return use(kept);
  }
  const Image image = decode();
  use(image);
  keep(key, image);
}

int64_t SharedDecodedCache::num_kept() const { return header_->num_kept.load(); }
int64_t SharedDecodedCache::num_bytes() const { return header_->num_bytes.load(); }
int64_t SharedDecodedCache::num_reads() const { return header_->num_reads.load(); }

}  // namespace twinset
