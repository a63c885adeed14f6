#pragma once

#include <cairo.h>

#include <memory>

namespace twinset::wardrobe {

struct CairoDelete {
  void operator()(cairo_t* c) const { cairo_destroy(c); }
  void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
  void operator()(cairo_pattern_t* p) const { cairo_pattern_destroy(p); }
};
using ContextPtr = std::unique_ptr<cairo_t, CairoDelete>;
using SurfacePtr = std::unique_ptr<cairo_surface_t, CairoDelete>;
using PatternPtr = std::unique_ptr<cairo_pattern_t, CairoDelete>;

}  // namespace twinset::wardrobe
