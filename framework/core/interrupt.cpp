#include "framework/core/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace twinset {
namespace {

std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free,
              "a signal handler may only touch lock-free atomics");

void handle(int signal_number) {
  if (requested.exchange(true)) ::_exit(128 + signal_number);
}

}  // namespace

void install_interrupt_handler() {
  struct sigaction action {};
  action.sa_handler = handle;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupt_requested() { return requested.load(std::memory_order_relaxed); }

void request_interrupt(bool value) { requested.store(value); }

}  // namespace twinset
