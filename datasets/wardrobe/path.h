// Outlines as data, in garment units: 1 unit is about 50 cm, x to the right, y down, the garment's
// middle at x = 0.
#pragma once

#include <vector>

namespace twinset::wardrobe {

struct Point {
  double x = 0, y = 0;
};

struct Box {
  double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;
  void include(const Point& p);
  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

/// A sequence of straight and cubic segments.
class Path {
 public:
  enum class Verb { kMove, kLine, kCurve, kClose };
  struct Segment {
    Verb verb;
    Point a, b, end;  ///< a and b are the control points of a curve
  };

  Path& move(double x, double y);
  Path& line(double x, double y);
  Path& curve(double ax, double ay, double bx, double by, double x, double y);
  Path& close();

  const std::vector<Segment>& segments() const { return segments_; }
  /// The path with x negated.
  Path mirrored() const;
  /// A closed outline from its right half, which runs from the middle at the top to the middle at
  /// the bottom.
  Path symmetric() const;
  Box box() const;

 private:
  std::vector<Segment> segments_;
};

Path circle(double x, double y, double radius);
Path ellipse(double x, double y, double radius_x, double radius_y);
Path polygon(const std::vector<Point>& points);
Path polyline(const std::vector<Point>& points);
/// A regular star with `points` tips, one of them upward.
Path star(double x, double y, double outer, double inner, int points);

}  // namespace twinset::wardrobe
