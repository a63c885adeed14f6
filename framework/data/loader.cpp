#include "framework/data/loader.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/random.h"
#include "framework/core/thread_pool.h"
#include "framework/data/broken_samples.h"
#include "framework/data/decoded_cache.h"

namespace twinset {
namespace {

using Order = std::shared_ptr<const std::vector<int64_t>>;

/// A batch that is being made. Threads claim its places in runs; the one that ends the last run
/// completes it.
struct PendingBatch {
  Batch batch;
  Order order;         ///< of the samples of its epoch
  int64_t first = 0;   ///< position in `order` of the first sample of all ranks
  int64_t length = 0;  ///< places that this rank fills
  int64_t num_claimed = 0;
  int64_t num_done = 0;
  std::vector<std::string>
      broken_by_place;               ///< [B] why the sample there is broken; empty: it is not
  std::vector<BrokenSample> broken;  ///< in the order of trying
  bool is_ready = false;
  std::exception_ptr error;
};

template <class T>
T* row_of(const at::Tensor& tensor, int64_t row) {
  return tensor.data_ptr<T>() + row * tensor.stride(0);
}

}  // namespace

struct Loader::State {
  State(LoaderSource source_in, const LoaderOptions& options_in, LoaderPosition start);
  ~State();

  void work();
  PendingBatch* claimable();
  bool open_batch();
  Order order_of(int64_t epoch);
  void load_run(PendingBatch& pending, int64_t begin, int64_t end);
  void load_image(int64_t epoch, int64_t sample, uint8_t* out);
  void complete(PendingBatch& pending);
  void replace_broken(PendingBatch& pending);
  void drop_broken(PendingBatch& pending);
  void gather_rows(Batch& batch) const;
  bool try_load(PendingBatch& pending, int64_t place, int64_t sample);
  std::optional<Batch> next();

  const LoaderSource source;
  const LoaderOptions options;
  const int64_t size;
  int64_t batches_per_epoch = 0;
  int64_t image_bytes = 0;
  int64_t run_length = 1;
  DecodedCache cache;
  BrokenSamples broken;
  int64_t broken_allowed = 0;
  double wait_seconds = 0;
  LoaderPosition position;  ///< of the next batch to hand out

  std::mutex mutex;
  std::condition_variable work_ready, batch_ready;
  std::deque<std::unique_ptr<PendingBatch>> pending;  ///< in order; the front is handed out next
  LoaderPosition upcoming;                            ///< the next batch to open
  Order current_order;
  int64_t order_epoch = -1;
  bool is_ending = false;
  std::vector<std::thread> threads;
};

namespace {

int64_t dataset_size(const LoaderSource& source) {
  TWINSET_CHECK(source.dataset != nullptr, "a loader without a data set");
  const int64_t size = source.dataset->size();
  TWINSET_CHECK(source.labels == nullptr || source.labels->num_rows() == size,
                "one row of labels a product");
  TWINSET_CHECK(source.titles == nullptr ||
                    (source.titles->dim() == 2 && source.titles->size(0) == size &&
                     source.titles->scalar_type() == at::kLong && source.titles->is_contiguous()),
                "titles are [size, L] int64");
  return size;
}

int64_t cache_bytes(const LoaderSource& source, const LoaderOptions& options) {
  const bool is_used = source.is_training && source.with_images && options.cache_decoded &&
                       source.shared_cache == nullptr;
  return is_used ? static_cast<int64_t>(options.cache_gigabytes * 1e9) : 0;
}

}  // namespace

Loader::State::State(LoaderSource source_in, const LoaderOptions& options_in, LoaderPosition start)
    : source(std::move(source_in)),
      options(options_in),
      size(dataset_size(source)),
      cache(size, cache_bytes(source, options)),
      broken(*source.dataset, source.broken_samples_file, options.max_broken_share),
      broken_allowed(broken.allowed()) {
  const int64_t b = options.batch_size;
  if (source.is_training && size < b) {
    throw DataError(
        {.where = "loader.batch_size",
         .what = fmt::format("the training data has {} sample{}, less than one batch of {}", size,
                             size == 1 ? "" : "s", b),
         .expected = "at least one batch",
         .todo = "lower loader.batch_size"});
  }
  if (b < source.num_ranks) {
    throw ConfigError(
        {.where = "loader.batch_size",
         .what = fmt::format("is {}, for {} ranks", b, source.num_ranks),
         .expected = "at least one product a rank: it is the batch of all ranks together"});
  }
  batches_per_epoch = source.is_training ? size / b : (size + b - 1) / b;
  if (start.epoch < 0 || start.batch < 0 || start.batch > batches_per_epoch) {
    throw DataError(
        {.where = "loader",
         .what = fmt::format("can't start at batch {} of epoch {}", start.batch, start.epoch),
         .expected = fmt::format("a batch from 0 to {}", batches_per_epoch),
         .todo = "the data set or the batch size is not the one of the checkpoint"});
  }
  if (source.is_training && start.batch == batches_per_epoch) start = {start.epoch + 1, 0};
  position = upcoming = start;
  image_bytes = int64_t{source.transform.image_size} * source.transform.image_size * 3;
  const int num_threads = options.num_threads > 0 ? options.num_threads : available_cores();
  run_length = std::clamp<int64_t>(b / source.num_ranks / (int64_t{4} * num_threads), 1, 16);
  if (!source.with_images) run_length = b;
  for (int i = 0; i < num_threads; ++i) threads.emplace_back([this] { work(); });
}

Loader::State::~State() {
  {
    const std::lock_guard lock(mutex);
    is_ending = true;
  }
  work_ready.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void Loader::State::work() {
  std::unique_lock lock(mutex);
  while (true) {
    PendingBatch* claimed = nullptr;
    work_ready.wait(lock, [&] { return is_ending || (claimed = claimable()) != nullptr; });
    if (is_ending) return;
    const int64_t begin = claimed->num_claimed;
    const int64_t end = std::min(begin + run_length, claimed->length);
    claimed->num_claimed = end;
    lock.unlock();
    work_ready.notify_one();
    std::exception_ptr error;
    try {
      load_run(*claimed, begin, end);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error && !claimed->error) claimed->error = error;
    claimed->num_done += end - begin;
    if (claimed->num_done < claimed->length) continue;
    lock.unlock();
    complete(*claimed);
    lock.lock();
    claimed->is_ready = true;
    batch_ready.notify_one();
  }
}

/// The earliest batch with places that no thread has claimed; opens one if the queue has room.
PendingBatch* Loader::State::claimable() {
  for (const auto& candidate : pending) {
    if (candidate->num_claimed < candidate->length) return candidate.get();
  }
  return open_batch() ? pending.back().get() : nullptr;
}

bool Loader::State::open_batch() {
  if (static_cast<int64_t>(pending.size()) >= options.queue_batches ||
      upcoming.batch == batches_per_epoch)
    return false;
  auto fresh = std::make_unique<PendingBatch>();
  fresh->batch.epoch = upcoming.epoch;
  fresh->batch.index = upcoming.batch;
  fresh->order = order_of(upcoming.epoch);
  fresh->first = upcoming.batch * options.batch_size;
  const int64_t whole = std::min(options.batch_size, size - fresh->first);
  const int64_t skipped = whole * source.rank / source.num_ranks;
  const int64_t length = whole * (source.rank + 1) / source.num_ranks - skipped;
  fresh->length = length;
  const auto begin = fresh->order->begin() + fresh->first + skipped;
  fresh->batch.samples.assign(begin, begin + length);
  fresh->broken_by_place.resize(static_cast<size_t>(length));
  if (source.with_images) {
    const int64_t side = source.transform.image_size;
    fresh->batch.images = at::empty({length, side, side, 3}, at::kByte);
  }
  pending.push_back(std::move(fresh));
  ++upcoming.batch;
  if (source.is_training && upcoming.batch == batches_per_epoch) upcoming = {upcoming.epoch + 1, 0};
  return true;
}

Order Loader::State::order_of(int64_t epoch) {
  if (order_epoch == epoch) return current_order;
  std::vector<int64_t> order;
  if (source.is_training) {
    order = random_permutation(size, CounterRandom({.seed = source.seed,
                                                    .epoch = static_cast<uint32_t>(epoch),
                                                    .sample = 0,
                                                    .purpose = "order"}));
  } else {
    order.resize(static_cast<size_t>(size));
    std::iota(order.begin(), order.end(), 0);
  }
  order_epoch = epoch;
  return current_order = std::make_shared<const std::vector<int64_t>>(std::move(order));
}

void Loader::State::load_run(PendingBatch& batch, int64_t begin, int64_t end) {
  if (!source.with_images) return;
  for (int64_t place = begin; place < end; ++place) {
    const int64_t sample = batch.batch.samples[static_cast<size_t>(place)];
    try {
      load_image(batch.batch.epoch, sample, row_of<uint8_t>(batch.batch.images, place));
    } catch (const DataError& error) {
      batch.broken_by_place[static_cast<size_t>(place)] = error.what();
    }
  }
}

void Loader::State::load_image(int64_t epoch, int64_t sample, uint8_t* out) {
  const auto decode = [&] {
    return decode_image(source.dataset->image_bytes(sample), source.dataset->place(sample));
  };
  const auto use = [&](const Image& image) {
    if (!source.is_training) return resize_for_evaluation(image, source.transform, out);
    const RandomKey key{.seed = source.seed,
                        .epoch = static_cast<uint32_t>(epoch),
                        .sample = static_cast<uint64_t>(sample),
                        .purpose = "augment"};
    augment(image, source.transform, CounterRandom(key), out);
  };
  if (source.shared_cache == nullptr) return cache.with_image(sample, decode, use);
  source.shared_cache->with_image(image_key(source.data_set, sample, source.dataset->place(sample)),
                                  decode, use);
}

void Loader::State::complete(PendingBatch& batch) {
  if (batch.error) return;
  try {
    for (size_t place = 0; place < batch.broken_by_place.size(); ++place) {
      if (batch.broken_by_place[place].empty()) continue;
      const int64_t sample = batch.batch.samples[place];
      batch.broken.push_back(
          {sample, source.dataset->place(sample), std::move(batch.broken_by_place[place])});
      batch.broken_by_place[place] = "broken";
    }
    if (!batch.broken.empty()) source.is_training ? replace_broken(batch) : drop_broken(batch);
    gather_rows(batch.batch);
  } catch (...) {
    batch.error = std::current_exception();
  }
}

/// Fills the places of broken samples, in order. One thread does it when the whole part has been
/// tried.
void Loader::State::replace_broken(PendingBatch& batch) {
  const int64_t num_outside = size - options.batch_size;
  for (size_t place = 0; place < batch.broken_by_place.size(); ++place) {
    if (batch.broken_by_place[place].empty()) continue;
    CounterRandom random({.seed = source.seed,
                          .epoch = static_cast<uint32_t>(batch.batch.epoch),
                          .sample = static_cast<uint64_t>(batch.batch.samples[place]),
                          .purpose = "replacement"});
    const int64_t start =
        num_outside > 0 ? static_cast<int64_t>(random.below(static_cast<uint64_t>(num_outside)))
                        : 0;
    bool is_filled = false;
    int64_t tried = 0;
    for (; !is_filled && tried < num_outside &&
           static_cast<int64_t>(batch.broken.size()) <= broken_allowed;
         ++tried) {
      const int64_t candidate = batch.first + options.batch_size + (start + tried) % num_outside;
      is_filled = try_load(batch, static_cast<int64_t>(place),
                           (*batch.order)[static_cast<size_t>(candidate % size)]);
    }
    if (!is_filled && tried == num_outside) {
      throw DataError({.where = "data",
                       .what = fmt::format("too few intact samples are left to fill a batch of {}",
                                           options.batch_size),
                       .todo = "lower loader.batch_size, or mend the data set"});
    }
  }
}

bool Loader::State::try_load(PendingBatch& batch, int64_t place, int64_t sample) {
  try {
    load_image(batch.batch.epoch, sample, row_of<uint8_t>(batch.batch.images, place));
    batch.batch.samples[static_cast<size_t>(place)] = sample;
    return true;
  } catch (const DataError& error) {
    batch.broken.push_back({sample, source.dataset->place(sample), error.what()});
    return false;
  }
}

void Loader::State::drop_broken(PendingBatch& batch) {
  int64_t kept = 0;
  for (int64_t place = 0; place < batch.batch.size(); ++place) {
    if (!batch.broken_by_place[static_cast<size_t>(place)].empty()) continue;
    if (kept != place) {
      std::memcpy(row_of<uint8_t>(batch.batch.images, kept),
                  row_of<uint8_t>(batch.batch.images, place), static_cast<size_t>(image_bytes));
      batch.batch.samples[static_cast<size_t>(kept)] =
          batch.batch.samples[static_cast<size_t>(place)];
    }
    ++kept;
  }
  batch.batch.samples.resize(static_cast<size_t>(kept));
  batch.batch.images = batch.batch.images.narrow(0, 0, kept);
}

void Loader::State::gather_rows(Batch& batch) const {
  if (source.labels != nullptr) {
    batch.labels.num_columns = source.labels->num_columns;
    for (int64_t sample : batch.samples) batch.labels.add_row(source.labels->row(sample));
  }
  if (source.titles == nullptr) return;
  const int64_t length = source.titles->size(1);
  batch.title_tokens = at::empty({batch.size(), length}, at::kLong);
  for (int64_t i = 0; i < batch.size(); ++i) {
    std::copy_n(row_of<int64_t>(*source.titles, batch.samples[static_cast<size_t>(i)]), length,
                row_of<int64_t>(batch.title_tokens, i));
  }
}

std::optional<Batch> Loader::State::next() {
  while (true) {
    if (position.batch == batches_per_epoch) return std::nullopt;
    std::unique_ptr<PendingBatch> first;
    {
      std::unique_lock lock(mutex);
      const auto is_ready = [&] { return !pending.empty() && pending.front()->is_ready; };
      if (!is_ready()) {
        const auto start = std::chrono::steady_clock::now();
        batch_ready.wait(lock, is_ready);
        wait_seconds +=
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      }
      first = std::move(pending.front());
      pending.pop_front();
    }
    work_ready.notify_one();
    ++position.batch;
    if (source.is_training && position.batch == batches_per_epoch)
      position = {position.epoch + 1, 0};
    broken.add(first->broken);
    if (first->error) std::rethrow_exception(first->error);
    if (first->batch.size() > 0) return std::move(first->batch);
  }
}

Loader::Loader(LoaderSource source, const LoaderOptions& options, LoaderPosition start)
    : state_(std::make_unique<State>(std::move(source), options, start)) {}

Loader::~Loader() = default;

std::optional<Batch> Loader::next() { return state_->next(); }

LoaderPosition Loader::position() const { return state_->position; }

int64_t Loader::batches_per_epoch() const { return state_->batches_per_epoch; }

int64_t Loader::num_broken() const { return state_->broken.count(); }

double Loader::wait_seconds() const { return state_->wait_seconds; }

}  // namespace twinset
