#include "framework/core/node.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>

#include "framework/core/error.h"
#include "framework/core/nearest_name.h"
#include "framework/core/options.h"
#include "framework/core/registry.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;

template <class F>
std::string error_of(F body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

Node sample() {
  Node node = Node::map();
  node.set_path("loss.temperature", Node(0.07));
  node.set_path("loss.name", Node("info_nce"));
  node.set("steps", Node(100));
  node.set("flags", Node(Node::List{Node(true), Node(), Node("yes"), Node::missing()}));
  return node;
}

TEST(Node, FindsAndSetsByPath) {
  Node node = sample();
  EXPECT_EQ(node.find_path("loss.temperature")->as_float(), 0.07);
  EXPECT_EQ(node.find_path("loss.nothing.deeper"), nullptr);
  EXPECT_TRUE(node.erase("steps"));
  EXPECT_FALSE(node.erase("steps"));
  EXPECT_EQ(error_of([&] { node.at("los"); }),
            "unknown key 'los', expected one of: loss, flags; did you mean 'loss'?");
}

TEST(Node, EqualityIgnoresOrderAndPlaceButNotKind) {
  Node a = Node::map(), b = Node::map();
  a.set("x", Node(1));
  a.set("y", Node(2));
  b.set("y", Node(2));
  b.set("x", Node(1));
  b.set_location({"file", 3, 1});
  EXPECT_EQ(a, b);
  EXPECT_EQ(digest(a), digest(b));
  b.set("x", Node(1.0));
  EXPECT_FALSE(a == b);
}

TEST(Node, JsonRoundTrip) {
  Node node = sample();
  node.set("wide", Node::big_int("123456789012345678901234567890"));
  node.set("infinite", Node(-INFINITY));
  EXPECT_EQ(from_json(to_json(node)), node);
}

TEST(Node, YamlQuotesWhatWouldChangeItsType) {
  EXPECT_EQ(to_yaml(sample()),
            "loss:\n  temperature: 0.07\n  name: info_nce\nsteps: 100\nflags:\n- true\n- null\n- "
            "'yes'\n- \?\?\?\n");
  for (const char* text :
       {"12", "1e3", "null", "", "a: b", "- x", "#", "it's", "{a}", "~", "true"}) {
    const std::string yaml = to_yaml(Node(text));
    EXPECT_TRUE(yaml[0] == '\'' || yaml.find_first_of(":#'") == std::string::npos ||
                yaml == "it's\n")
        << yaml;
  }
}

// What OmegaConf.to_yaml (2.3.0, PyYAML 6) prints for the same tree.
TEST(Node, YamlIsFoldedQuotedAndEscapedAsOmegaConfDoes) {
  const auto repeated = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  Node node = Node::map();
  node.set("long", Node(repeated("word ", 20) + "end"));
  node.set("lines", Node("a\n\nb\n"));
  node.set("quote", Node("it's: " + repeated("x ", 45) + "y"));
  node.set("bell", Node("\a" + repeated("word ", 20)));
  node.set("", Node(1));
  node.set(std::string(123, 'k'),
           Node(Node::List{Node(1), Node(Node::List{Node(2), Node::list()}), Node::map()}));
  node.set("nb", Node("\u00a0x"));
  node.set("sp", Node(" x"));
  node.set("date", Node("2001-01-01"));
  node.set("off", Node("Off"));
  node.set("e", Node(1e-7));
  node.set("m", Node::missing());
  node.set("emoji", Node("\U0001F600"));
  node.set("emoji_bell", Node("\U0001F600\a"));
  node.set("y", Node("y"));
  node.set("plus", Node("+1_0"));
  node.set("tab", Node("a\tb"));
  EXPECT_EQ(to_yaml(node),
            R"(long: word word word word word word word word word word word word word word word word
  word word word word end
lines: 'a


  b

  '
quote: 'it''s: x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x
  x x x x x x x x x x x y'
bell: "\aword word word word word word word word word word word word word word word\
  \ word word word word word "
? ''
: 1
? kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk
: - 1
  - - 2
    - []
  - {}
nb:  x
sp: ' x'
date: '2001-01-01'
'off': 'Off'
e: 1.0e-07
m: ???
emoji: 😀
emoji_bell: "\U0001F600\a"
'y': 'y'
plus: '+1_0'
tab: "a\tb"
)");
}

TEST(Node, FloatTextReadsBackTheSameDouble) {
  EXPECT_EQ(float_text(1.0), "1.0");
  EXPECT_EQ(float_text(1e-5), "1e-05");
  for (const double value : {0.1, 1.0 / 3, 1e300, 5e-324, -2.5})
    EXPECT_EQ(std::strtod(float_text(value).c_str(), nullptr), value);
}

TEST(EditDistance, MatchesNaiveRecursion) {
  struct Naive {
    std::string a, b;
    int operator()(size_t i, size_t j) const {
      if (i == 0 || j == 0) return static_cast<int>(i + j);
      int best = std::min({(*this)(i - 1, j) + 1, (*this)(i, j - 1) + 1,
                           (*this)(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        best = std::min(best, (*this)(i - 2, j - 2) + 1);
      return best;
    }
  };
  for (const auto& [a, b] : std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                                             {"", "abc"},
                                                                             {"loss", "lsos"},
                                                                             {"kitten", "sitting"},
                                                                             {"abcd", "badc"},
                                                                             {"ca", "abc"}}) {
    EXPECT_EQ(edit_distance(a, b), (Naive{a, b}(a.size(), b.size()))) << a << " " << b;
    EXPECT_EQ(edit_distance(a, b), edit_distance(b, a));
  }
}

TEST(NearestName, TakesOnlyNearNames) {
  const std::vector<std::string> known = {"temperature", "symmetric", "name"};
  EXPECT_EQ(nearest_name("temprature", known), "temperature");
  EXPECT_EQ(nearest_name("NAME", known), "name");
  EXPECT_EQ(nearest_name("learning_rate", known), "");
}

struct Inner {
  int width = 8;
  template <class V>
  void visit(V&& v) {
    v("width", width, Field{.help = "width", .unit = "pixels", .min = 1, .max = 64});
  }
};

struct Outer {
  double rate = 0.1;
  std::string mode = "fast";
  std::vector<int64_t> sizes = {1, 2};
  std::optional<double> clip;
  Inner inner;
  template <class V>
  void visit(V&& v) {
    v("rate", rate, Field{.help = "rate", .above = 0});
    v("mode", mode, Field{.help = "mode", .choices = {"fast", "exact"}});
    v("sizes", sizes, Field{.help = "sizes"});
    v("clip", clip, Field{.help = "clip"});
    v("inner", inner, Field{.help = "inner"});
  }
};

std::string options_error(const std::string& path, Node value) {
  Node node = Node::map();
  node.set_path(path, std::move(value));
  return error_of([&] { read_options<Outer>(node, "model"); });
}

TEST(Options, SavedConfigReadsBack) {
  Outer options;
  options.clip = 2.0;
  options.inner.width = 32;
  const Outer back = read_options<Outer>(options_to_node(options), "model");
  EXPECT_EQ(options_to_node(back), options_to_node(options));
  EXPECT_EQ(back.clip, 2.0);
}

TEST(Options, AbsentKeysKeepTheirDefaults) {
  Node node = Node::map();
  node.set("rate", Node(1));
  const Outer options = read_options<Outer>(node, "model");
  EXPECT_EQ(options.rate, 1.0);
  EXPECT_EQ(options.inner.width, 8);
}

TEST(OptionsError, NamesKeyValueAndExpectation) {
  EXPECT_THAT(options_error("rtae", Node(1)),
              HasSubstr("unknown key 'rtae', expected one of: rate, mode, sizes, clip, inner; did "
                        "you mean 'rate'?"));
  EXPECT_EQ(options_error("rate", Node("hot")), "model.rate: is 'hot', expected a number");
  EXPECT_EQ(options_error("rate", Node(0)), "model.rate: is 0, expected > 0");
  EXPECT_EQ(options_error("rate", Node(NAN)), "model.rate: is nan, expected > 0");
  EXPECT_EQ(options_error("inner.width", Node(65)),
            "model.inner.width: is 65, expected <= 64 pixels");
  EXPECT_EQ(options_error("inner.width", Node(1.5)),
            "model.inner.width: is 1.5, expected an integer");
  EXPECT_THAT(options_error("inner.wdith", Node(1)), HasSubstr("did you mean 'width'?"));
  EXPECT_EQ(options_error("inner", Node(3)), "model.inner: is 3, expected a map");
  EXPECT_EQ(options_error("sizes", Node(Node::List{Node(1), Node("x")})),
            "model.sizes[1]: is 'x', expected an integer");
  EXPECT_THAT(
      options_error("mode", Node("fats")),
      HasSubstr("unknown value 'fats', expected one of: fast, exact; did you mean 'fast'?"));
}

struct Shape {
  virtual ~Shape() = default;
  int width = 0;
};

TEST(Registry, MakesByNameAndNamesTheNearest) {
  Registry<Shape> registry("shape");
  registry.add<Inner>("square", "a square", [](const Inner& options) {
    auto shape = std::make_unique<Shape>();
    shape->width = options.width;
    return shape;
  });
  Node node = Node::map();
  node.set("name", Node("square"));
  node.set("width", Node(3));
  EXPECT_EQ(registry.create(node)->width, 3);
  node.set("name", Node("sqaure"));
  EXPECT_EQ(error_of([&] { registry.create(node); }),
            "shape.name: unknown shape 'sqaure', expected one of: square; did you mean 'square'?");
  EXPECT_EQ(error_of([&] { registry.create(Node::map()); }),
            "shape: has no 'name', expected one of: square");
  node.set("name", Node("square"));
  node.set("widht", Node(3));
  EXPECT_THAT(error_of([&] { registry.create(node); }), HasSubstr("unknown key 'widht'"));
}

}  // namespace
}  // namespace twinset
