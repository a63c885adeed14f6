#include "datasets/wardrobe/path.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace twinset::wardrobe {

void Box::include(const Point& p) {
  left = std::min(left, p.x);
  right = std::max(right, p.x);
  top = std::min(top, p.y);
  bottom = std::max(bottom, p.y);
}

Path& Path::move(double x, double y) {
  segments_.push_back({Verb::kMove, {}, {}, {x, y}});
  return *this;
}

Path& Path::line(double x, double y) {
  segments_.push_back({Verb::kLine, {}, {}, {x, y}});
  return *this;
}

Path& Path::curve(double ax, double ay, double bx, double by, double x, double y) {
  segments_.push_back({Verb::kCurve, {ax, ay}, {bx, by}, {x, y}});
  return *this;
}

Path& Path::close() {
  segments_.push_back({Verb::kClose, {}, {}, {}});
  return *this;
}

Path Path::mirrored() const {
  Path result = *this;
  for (Segment& s : result.segments_) {
    s.a.x = -s.a.x;
    s.b.x = -s.b.x;
    s.end.x = -s.end.x;
  }
  return result;
}

Path Path::symmetric() const {
  Path result = *this;
  for (size_t i = segments_.size(); i-- > 1;) {
    const Segment& s = segments_[i];
    const Point& target = segments_[i - 1].end;
    if (s.verb == Verb::kCurve) {
      result.curve(-s.b.x, s.b.y, -s.a.x, s.a.y, -target.x, target.y);
    } else {
      result.line(-target.x, target.y);
    }
  }
  return result.close();
}

Box Path::box() const {
  Box box;
  for (const Segment& s : segments_) {
    if (s.verb == Verb::kClose) continue;
    box.include(s.end);
    if (s.verb == Verb::kCurve) {
      box.include({(s.a.x + s.b.x + 2 * s.end.x) / 4, (s.a.y + s.b.y + 2 * s.end.y) / 4});
    }
  }
  return box;
}

Path ellipse(double x, double y, double rx, double ry) {
  constexpr double k = .5522847498;
  Path path;
  path.move(x + rx, y)
      .curve(x + rx, y + k * ry, x + k * rx, y + ry, x, y + ry)
      .curve(x - k * rx, y + ry, x - rx, y + k * ry, x - rx, y)
      .curve(x - rx, y - k * ry, x - k * rx, y - ry, x, y - ry)
      .curve(x + k * rx, y - ry, x + rx, y - k * ry, x + rx, y)
      .close();
  return path;
}

Path circle(double x, double y, double radius) { return ellipse(x, y, radius, radius); }

Path polyline(const std::vector<Point>& points) {
  Path path;
  for (size_t i = 0; i < points.size(); ++i) {
    i == 0 ? path.move(points[i].x, points[i].y) : path.line(points[i].x, points[i].y);
  }
  return path;
}

Path polygon(const std::vector<Point>& points) { return polyline(points).close(); }

Path star(double x, double y, double outer, double inner, int points) {
  std::vector<Point> corners;
  for (int i = 0; i < 2 * points; ++i) {
    const double radius = i % 2 == 0 ? outer : inner, angle = std::numbers::pi * i / points;
    corners.push_back({x + radius * std::sin(angle), y - radius * std::cos(angle)});
  }
  return polygon(corners);
}

}  // namespace twinset::wardrobe
