// Private to this folder.
#pragma once

#include <cstdint>
#include <memory>

namespace twinset {

/// The key-value store at which the ranks of a launcher meet, on a free port of this machine, for
/// as long as the object lives.
class StoreServer {
 public:
  StoreServer();
  ~StoreServer();
  StoreServer(const StoreServer&) = delete;
  StoreServer& operator=(const StoreServer&) = delete;
  int64_t port() const;

 private:
  struct Store;
  std::unique_ptr<Store> store_;
};

}  // namespace twinset
