#include "datasets/wardrobe/pattern_masks.h"

#include <cmath>
#include <functional>
#include <map>
#include <mutex>
#include <numbers>
#include <tuple>

#include "datasets/wardrobe/cairo_ptr.h"
#include "framework/core/random.h"

namespace twinset::wardrobe {

namespace {

constexpr double kPi = std::numbers::pi;

// A layer is drawn on the unit square; what hangs over an edge comes in again at the other side.
using Draw = std::function<void(cairo_t*)>;

std::vector<uint8_t> layer(int side, const Draw& draw) {
  SurfacePtr surface(cairo_image_surface_create(CAIRO_FORMAT_A8, side, side));
  ContextPtr context(cairo_create(surface.get()));
  cairo_t* c = context.get();
  cairo_scale(c, side, side);
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      cairo_save(c);
      cairo_translate(c, dx, dy);
      draw(c);
      cairo_restore(c);
    }
  }
  cairo_surface_flush(surface.get());
  std::vector<uint8_t> mask(static_cast<size_t>(side) * static_cast<size_t>(side));
  const unsigned char* data = cairo_image_surface_get_data(surface.get());
  const int stride = cairo_image_surface_get_stride(surface.get());
  for (int y = 0; y < side; ++y) std::copy_n(data + y * stride, side, mask.data() + y * side);
  return mask;
}

void disc(cairo_t* c, double x, double y, double r) {
  cairo_new_sub_path(c);
  cairo_arc(c, x, y, r, 0, 2 * kPi);
  cairo_fill(c);
}

Draw horizontal_bands(int count, double fraction, double offset = 0) {
  return [=](cairo_t* c) {
    for (int i = 0; i < count; ++i)
      cairo_rectangle(c, 0, (i + offset) / count, 1, fraction / count);
    cairo_fill(c);
  };
}

Draw vertical_bands(int count, double fraction, double offset = 0) {
  return [=](cairo_t* c) {
    for (int i = 0; i < count; ++i)
      cairo_rectangle(c, (i + offset) / count, 0, fraction / count, 1);
    cairo_fill(c);
  };
}

Draw both(Draw a, Draw b, double alpha) {
  return [=](cairo_t* c) {
    cairo_set_source_rgba(c, 0, 0, 0, alpha);
    a(c);
    b(c);
  };
}

// Points that keep their distance, also across the edges.
std::vector<std::pair<double, double>> scatter(int count, double gap, std::string_view purpose,
                                               int variant) {
  CounterRandom random({0, 0, static_cast<uint64_t>(variant), purpose});
  std::vector<std::pair<double, double>> points;
  for (int attempt = 0; attempt < 4000 && static_cast<int>(points.size()) < count; ++attempt) {
    const double x = random.uniform(), y = random.uniform();
    bool is_free = true;
    for (const auto& [px, py] : points) {
      const double dx = std::remainder(x - px, 1.0), dy = std::remainder(y - py, 1.0);
      is_free = is_free && dx * dx + dy * dy > gap * gap;
    }
    if (is_free) points.emplace_back(x, y);
  }
  return points;
}

Draw flowers(int variant, bool is_leaf) {
  const double size = variant % 2 == 0 ? .075 : .105;
  const auto points = scatter(variant % 2 == 0 ? 18 : 10, size * 2.3, "floral", variant);
  return [=](cairo_t* c) {
    int i = 0;
    for (const auto& [x, y] : points) {
      const double turn = 1.7 * i++;
      if (is_leaf) {
        for (double a : {turn + .6, turn + 3.4}) {
          cairo_save(c);
          cairo_translate(c, x + std::cos(a) * size * 1.35, y + std::sin(a) * size * 1.35);
          cairo_rotate(c, a);
          cairo_scale(c, size * .55, size * .26);
          disc(c, 0, 0, 1);
          cairo_restore(c);
        }
        disc(c, x, y, size * .30);
      } else {
        for (int p = 0; p < 5; ++p)
          disc(c, x + std::cos(turn + p * 2 * kPi / 5) * size * .56,
               y + std::sin(turn + p * 2 * kPi / 5) * size * .56, size * .42);
      }
    }
  };
}

Draw leopard(int variant, bool is_inner) {
  const double size = variant % 2 == 0 ? .052 : .066;
  const auto points = scatter(60, size * 2.15, "leopard", variant);
  return [=](cairo_t* c) {
    CounterRandom random({0, 0, static_cast<uint64_t>(variant), "leopard_turn"});
    for (const auto& [x, y] : points) {
      const double turn = random.uniform(0, 2 * kPi), r = size * random.uniform(.75, 1.05);
      if (is_inner) {
        cairo_set_source_rgba(c, 0, 0, 0, .8);
        disc(c, x, y, r * .75);
        continue;
      }
      cairo_set_source_rgba(c, 0, 0, 0, 1);
      cairo_set_line_width(c, size * .55);
      cairo_new_sub_path(c);
      cairo_arc(c, x, y, r * .8, turn, turn + 2.2);
      cairo_stroke(c);
      cairo_new_sub_path(c);
      cairo_arc(c, x, y, r * .8, turn + 2.9, turn + 5.2);
      cairo_stroke(c);
    }
  };
}

Draw blobs(int count, double size, std::string_view purpose, int variant) {
  const auto points = scatter(count, size * 1.3, purpose, variant);
  return [=](cairo_t* c) {
    CounterRandom random({0, 0, static_cast<uint64_t>(variant), "blob"});
    for (const auto& [x, y] : points) {
      for (int i = 0; i < 4; ++i) {
        // One draw a statement: compilers evaluate arguments in different orders.
        const double dx = random.uniform(-1, 1) * size, dy = random.uniform(-.5, .5) * size;
        const double width = random.uniform(.5, 1) * size, height = random.uniform(.3, .6) * size;
        cairo_save(c);
        cairo_translate(c, x + dx, y + dy);
        cairo_scale(c, width, height);
        disc(c, 0, 0, 1);
        cairo_restore(c);
      }
    }
  };
}

Draw geometric(int variant) {
  return [=](cairo_t* c) {
    const int n = variant < 2 ? 4 : 6;
    const double s = 1.0 / n;
    for (int row = 0; row < n; ++row) {
      for (int column = 0; column < n; ++column) {
        const double x = column * s, y = row * s;
        if (variant % 2 == 0) {  // zigzag
          cairo_set_line_width(c, s * .3);
          cairo_move_to(c, x, y + s * .75);
          cairo_line_to(c, x + s / 2, y + s * .25);
          cairo_line_to(c, x + s, y + s * .75);
          cairo_stroke(c);
        } else {  // diamonds
          cairo_move_to(c, x + s / 2, y + s * .06);
          cairo_line_to(c, x + s * .92, y + s / 2);
          cairo_line_to(c, x + s / 2, y + s * .94);
          cairo_line_to(c, x + s * .08, y + s / 2);
          cairo_close_path(c);
          cairo_fill(c);
        }
      }
    }
  };
}

Draw houndstooth(int variant) {
  // The broken check of a 2/2 twill with four dark and four light threads.
  return [=](cairo_t* c) {
    const int repeats = variant % 2 == 0 ? 6 : 5, threads = repeats * 8;
    for (int y = 0; y < threads; ++y) {
      for (int x = 0; x < threads; ++x) {
        const bool is_warp_on_top = ((x + y) % 4) < 2;
        const bool is_dark = is_warp_on_top ? (x % 8) < 4 : (y % 8) < 4;
        if (is_dark)
          cairo_rectangle(c, double(x) / threads, double(y) / threads, 1.0 / threads,
                          1.0 / threads);
      }
    }
    cairo_fill(c);
  };
}

Draw swirl(int variant) {
  return [=](cairo_t* c) {
    const int arms = 4 + variant;
    for (int i = 0; i < arms; ++i) {
      cairo_set_source_rgba(c, 0, 0, 0, .75);
      cairo_move_to(c, .5, .5);
      for (int side = 0; side < 2; ++side) {
        for (int k = 0; k <= 20; ++k) {
          const double t = (side == 0 ? k : 20 - k) / 20.0, r = t * .5;
          const double a = 2 * kPi * (i + side * .45) / arms + t * 2.4 + .1 * std::sin(t * 17 + i);
          cairo_line_to(c, .5 + r * std::cos(a), .5 + r * std::sin(a));
        }
      }
      cairo_close_path(c);
      cairo_fill(c);
    }
  };
}

Draw polka(int variant) {
  return [=](cairo_t* c) {
    const int n = variant == 0 ? 8 : variant == 3 ? 4 : 6;
    const double s = 1.0 / n, r = s * (variant == 0 ? .27 : .25);
    for (int row = 0; row < n; ++row) {
      for (int column = 0; column < n; ++column) {
        disc(c, (column + (row % 2 == 0 ? .25 : .75)) * s, (row + .5) * s, r);
      }
    }
  };
}

PatternMasks draw_pattern(std::string_view pattern, int v, int side) {
  PatternMasks masks;
  const auto second = [&](const Draw& draw) { masks.second = layer(side, draw); };
  const auto third = [&](const Draw& draw) { masks.third = layer(side, draw); };
  if (pattern == "striped") {
    static constexpr int kCounts[] = {8, 4, 6, 10};
    static constexpr double kFractions[] = {.38, .5, .5, .42};
    second(horizontal_bands(kCounts[v], kFractions[v]));
  } else if (pattern == "pinstriped") {
    second(vertical_bands(v % 2 == 0 ? 8 : 10, v < 2 ? .30 : .45));
  } else if (pattern == "checked") {
    const int count = v % 2 == 0 ? 6 : 8;
    second(both(horizontal_bands(count, .5), vertical_bands(count, .5), .58));
  } else if (pattern == "tartan") {
    second(both(horizontal_bands(3, .42), vertical_bands(3, .42), .62));
    third(both(horizontal_bands(3, .07, .68), vertical_bands(3, .07, .68), .9));
  } else if (pattern == "polka dot") {
    second(polka(v));
  } else if (pattern == "floral") {
    third(flowers(v, true));
    second(flowers(v, false));
  } else if (pattern == "leopard") {
    third(leopard(v, true));
    second(leopard(v, false));
  } else if (pattern == "camouflage") {
    second(blobs(9, .11, "camouflage_dark", v));
    third(blobs(8, .10, "camouflage_light", v + 10));
  } else if (pattern == "geometric") {
    second(geometric(v));
  } else if (pattern == "houndstooth") {
    second(houndstooth(v));
  } else if (pattern == "tie-dye") {
    second(swirl(v));
  }
  return masks;
}

}  // namespace

const PatternMasks& pattern_masks(std::string_view pattern, int variant, int side) {
  static std::mutex mutex;
  static std::map<std::tuple<std::string, int, int>, PatternMasks> cache;
  const std::lock_guard lock(mutex);
  auto key = std::make_tuple(std::string(pattern), variant, side);
  const auto entry = cache.find(key);
  if (entry != cache.end()) return entry->second;
  return cache.emplace(std::move(key), draw_pattern(pattern, variant, side)).first->second;
}

}  // namespace twinset::wardrobe
