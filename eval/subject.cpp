#include "eval/subject.h"

#include "framework/core/error.h"

namespace twinset {

at::Tensor Subject::composed(const std::string&, const std::vector<int64_t>&,
                             const std::vector<std::string>&) {
  throw ConfigError({.where = "protocol.composition",
                     .what = "is 'tower', but nothing here composes an image and a text",
                     .expected = "a run of `twinset composed-retrieval`",
                     .todo = "for two towers of one space: composition: exchange"});
}

}  // namespace twinset
