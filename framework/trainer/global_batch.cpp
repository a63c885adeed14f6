#include "framework/trainer/global_batch.h"

#include <fmt/format.h>

#include "framework/core/error.h"

namespace twinset {

GlobalBatch gather_batch(Communicator& communicator, const Batch& batch, bool interrupt) {
  GlobalBatch result;
  result.labels.num_columns = batch.labels.num_columns;
  if (communicator.world_size() == 1) {
    result.samples = batch.samples;
    result.labels = batch.labels;
    result.interrupt = interrupt;
    return result;
  }
  // epoch, batch, interrupt, documents, rows; samples; row offsets; columns
  std::vector<int64_t> message = {batch.epoch, batch.index, interrupt ? 1 : 0,
                                  batch.labels.num_columns, batch.size()};
  message.insert(message.end(), batch.samples.begin(), batch.samples.end());
  message.insert(message.end(), batch.labels.row_offsets.begin(), batch.labels.row_offsets.end());
  message.insert(message.end(), batch.labels.columns.begin(), batch.labels.columns.end());
  const auto messages = communicator.gather(message);
  for (size_t rank = 0; rank < messages.size(); ++rank) {
    const int64_t* read = messages[rank].data();
    if (read[0] != batch.epoch || read[1] != batch.index || read[3] != batch.labels.num_columns) {
      throw ShapeError(
          {.where = fmt::format("rank {} of {}", communicator.rank(), communicator.world_size()),
           .what = fmt::format("is at batch {} of epoch {} with {} documents, rank {} at batch {} "
                               "of epoch {} with {}",
                               batch.index, batch.epoch, batch.labels.num_columns, rank, read[1],
                               read[0], read[3]),
           .expected = "all ranks at the same batch of the same data",
           .todo = "start all ranks with the same config and data"});
    }
    result.interrupt = result.interrupt || read[2] != 0;
    const int64_t rows = read[4];
    if (static_cast<int64_t>(rank) < communicator.rank()) result.first_row += rows;
    result.samples.insert(result.samples.end(), read + 5, read + 5 + rows);
    const int64_t* offsets = read + 5 + rows;
    const int64_t* columns = offsets + rows + 1;
    for (int64_t i = 0; i < rows; ++i) {
      result.labels.add_row(
          {columns + offsets[i], static_cast<size_t>(offsets[i + 1] - offsets[i])});
    }
  }
  return result;
}

}  // namespace twinset
