// Writes a wardrobe from the command line: wardrobe_write folder=... num_products=... and so on,
// and says how fast.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "datasets/wardrobe/wardrobe.h"
#include "framework/core/error.h"
#include "framework/core/interrupt.h"

using namespace twinset;

namespace {

Node parse(const std::string& text) {
  char* end = nullptr;
  const long long integer = std::strtoll(text.c_str(), &end, 10);
  if (!text.empty() && *end == '\0') return Node(static_cast<int64_t>(integer));
  const double number = std::strtod(text.c_str(), &end);
  if (!text.empty() && *end == '\0') return Node(number);
  return Node(text);
}

int write(int argc, char** argv) {
  Node node = Node::map();
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const size_t equals = argument.find('=');
    if (equals == std::string::npos) {
      fmt::print("usage: wardrobe_write key=value ...\n{}",
                 help_text(describe_options<wardrobe::WardrobeOptions>()));
      return argument == "--help" ? 0 : 2;
    }
    const std::string key = argument.substr(0, equals), value = argument.substr(equals + 1);
    node.set(key, key == "folder" || key == "name" ? Node(value) : parse(value));
  }
  const auto options = read_options<wardrobe::WardrobeOptions>(node, "wardrobe");
  const auto start = std::chrono::steady_clock::now();
  const auto summary = wardrobe::write_wardrobe(options, [](int64_t done, int64_t total) {
    fmt::print(stderr, "\r{} of {} products", done, total);
  });
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print(stderr, "\n");
  fmt::print("{}: {} products, {} images, {:.1f} MB{}, {:.2f} s, {:.0f} images/s\n", options.folder,
             summary.num_products, summary.num_images, static_cast<double>(summary.num_bytes) / 1e6,
             summary.was_complete ? " (was complete)" : "", seconds,
             static_cast<double>(summary.num_images) / seconds);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  install_interrupt_handler();
  try {
    return write(argc, argv);
  } catch (const Error& error) {
    fmt::print(stderr, "\nerror: {}\n", error.what());
    return 1;
  }
}
