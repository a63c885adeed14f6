#include "framework/distributed/store_server.h"

#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace twinset {

struct StoreServer::Store {
  c10::intrusive_ptr<c10d::TCPStore> store;
};

StoreServer::StoreServer() : store_(std::make_unique<Store>()) {
  c10d::TCPStoreOptions options;
  options.port = 0;
  options.isServer = true;
  options.waitWorkers = false;
  store_->store = c10::make_intrusive<c10d::TCPStore>("127.0.0.1", options);
}

StoreServer::~StoreServer() = default;

int64_t StoreServer::port() const { return store_->store->getPort(); }

}  // namespace twinset
