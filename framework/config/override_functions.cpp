#include "framework/config/override_functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "framework/config/python_text.h"
#include "framework/config/scalar.h"
#include "framework/core/error.h"
#include "framework/core/random.h"

namespace twinset {
namespace {

using Kind = OverrideValue::Kind;

const std::vector<std::string>& function_names() {
  static const std::vector<std::string> kNames = {"bool", "choice",   "float", "glob",
                                                  "int",  "interval", "range", "shuffle",
                                                  "sort", "str",      "tag"};
  return kNames;
}

[[noreturn]] void fail(std::string what, std::string expected = "") {
  throw ConfigError({.what = std::move(what), .expected = std::move(expected)});
}

bool is_null(const OverrideValue& value) {
  return value.kind == Kind::kScalar && value.scalar.is_null();
}
bool is_number(const OverrideValue& value) {
  return value.kind == Kind::kScalar &&
         (value.scalar.is_int() || value.scalar.is_float() || value.scalar.is_bool());
}
bool is_string(const OverrideValue& value) {
  return value.kind == Kind::kScalar && value.scalar.is_string();
}

double number(const Node& node) {
  if (node.is_bool()) return node.as_bool() ? 1 : 0;
  if (node.is_float()) return node.as_float();
  return node.is_big_int() ? parse_float(node.int_text()).value()
                           : static_cast<double>(node.as_int());
}

std::string describe(const OverrideValue& value) {
  switch (value.kind) {
    case Kind::kScalar:
    case Kind::kQuoted:
      return value.scalar.describe();
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
    case Kind::kChoice:
      return "a choice";
    case Kind::kRange:
      return "a range";
    case Kind::kInterval:
      return "an interval";
    case Kind::kGlob:
      return "a glob";
  }
  return "";
}

// The arguments of one call, taken by name or by place.
class Arguments {
 public:
  explicit Arguments(FunctionCall call) : call_(std::move(call)) {
    // Quotes of direct arguments are only a way to write a string.
    for (OverrideValue& value : call_.arguments) unquote(value);
    for (auto& [name, value] : call_.named) unquote(value);
    for (size_t i = 0; i < call_.named.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (call_.named[i].first == call_.named[j].first)
          fail(fmt::format("{} gets '{}' twice", call_.name, call_.named[i].first));
      }
    }
  }

  std::vector<OverrideValue>& positional() { return call_.arguments; }

  // Positional arguments fill these names in order.
  void bind(const std::vector<std::string>& names) {
    if (call_.arguments.size() > names.size()) {
      fail(fmt::format("{} gets {} arguments", call_.name, call_.arguments.size()),
           fmt::format("at most {}", names.size()));
    }
    for (size_t i = 0; i < call_.arguments.size(); ++i) {
      if (named(names[i])) fail(fmt::format("{} gets '{}' twice", call_.name, names[i]));
      call_.named.emplace_back(names[i], std::move(call_.arguments[i]));
    }
    call_.arguments.clear();
  }

  std::optional<OverrideValue> named(const std::string& name) const {
    for (const auto& [key, value] : call_.named) {
      if (key == name) return value;
    }
    return std::nullopt;
  }

  void allow(const std::vector<std::string>& names) const {
    for (const auto& [key, value] : call_.named) {
      if (std::find(names.begin(), names.end(), key) != names.end()) continue;
      throw_unknown_name("", "argument of " + call_.name, key, names);
    }
  }

 private:
  static void unquote(OverrideValue& value) {
    if (value.kind == Kind::kQuoted) value.kind = Kind::kScalar;
  }
  FunctionCall call_;
};

OverrideValue simple_choice(std::vector<OverrideValue> items) {
  for (const OverrideValue& item : items) {
    if (item.is_sweep()) fail(fmt::format("{} within a choice", describe(item)), "single values");
  }
  OverrideValue choice;
  choice.kind = Kind::kChoice;
  choice.is_simple_choice = true;
  choice.items = std::move(items);
  return choice;
}

// --- casts

Node cast_scalar(const Node& value, const std::string& type) {
  const std::string shown = value.describe();
  if (type == "bool") {
    if (value.is_null()) return Node(false);
    if (!value.is_string()) return Node(number(value) != 0);
    std::string word = value.as_string();
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    if (word != "true" && word != "false") fail(shown + " is no boolean", "true or false");
    return Node(word == "true");
  }
  if (value.is_null()) fail(fmt::format("null can't be cast to {}", type));
  if (type == "str") {
    if (value.is_bool()) return Node(value.as_bool() ? "true" : "false");
    return Node(python_str(value));
  }
  if (type == "float") {
    if (!value.is_string()) return Node(number(value));
    const std::optional<double> parsed = parse_float(value.as_string());
    if (!parsed) fail(shown + " is no number", "a float");
    return Node(*parsed);
  }
  if (value.is_string()) {
    const std::optional<Node> parsed = parse_int(value.as_string());
    if (!parsed) fail(shown + " is no integer", "an integer");
    return *parsed;
  }
  if (value.is_float()) {
    if (!std::isfinite(value.as_float())) fail(shown + " can't be cast to int");
    return Node::big_int(fmt::format("{:.0f}", std::trunc(value.as_float())));
  }
  return value.is_bool() ? Node(value.as_bool() ? 1 : 0) : value;
}

OverrideValue cast(OverrideValue value, const std::string& type) {
  switch (value.kind) {
    case Kind::kQuoted:
    case Kind::kScalar:
      value.kind = Kind::kScalar;
      value.scalar = cast_scalar(value.scalar, type);
      return value;
    case Kind::kList:
    case Kind::kMap:
    case Kind::kChoice:
      for (OverrideValue& item : value.items) item = cast(std::move(item), type);
      if (value.kind == Kind::kChoice) {
        value.tags.clear();
        value.is_shuffled = false;
      }
      return value;
    case Kind::kRange:
      if (type != "int" && type != "float")
        fail(fmt::format("a range can't be cast to {}", type), "int or float");
      value.tags.clear();
      value.is_shuffled = false;
      for (Node* bound : {&value.start, &value.stop, &value.step})
        *bound = cast_scalar(*bound, type);
      return value;
    case Kind::kInterval:
      if (type != "int" && type != "float")
        fail(fmt::format("an interval can't be cast to {}", type), "int or float");
      for (Node* bound : {&value.start, &value.stop}) *bound = cast_scalar(*bound, type);
      return value;
    case Kind::kGlob:
      fail("a glob can't be cast");
  }
  return value;
}

OverrideValue call_cast(Arguments arguments, const std::string& type) {
  arguments.allow({"value"});
  std::vector<OverrideValue>& positional = arguments.positional();
  for (const OverrideValue& value : positional) {
    if (value.kind == Kind::kGlob) fail("a glob can't be cast");
  }
  const std::optional<OverrideValue> named = arguments.named("value");
  if (named && !is_null(*named)) {
    if (!positional.empty()) fail(type + " gets a positional and a named value", "one of them");
    return cast(*named, type);
  }
  if (positional.empty()) fail(type + " gets no value", "one value or more");
  if (positional.size() == 1) return cast(std::move(positional[0]), type);
  return cast(simple_choice(std::move(positional)), type);
}

// --- sweeps

OverrideValue call_choice(Arguments arguments) {
  arguments.allow({});
  std::vector<OverrideValue>& items = arguments.positional();
  if (items.empty()) fail("choice gets no value", "one value or more");
  for (const OverrideValue& item : items) {
    if (is_null(item) || (item.is_sweep() && item.kind != Kind::kChoice))
      fail(describe(item) + " in a choice", "single values");
  }
  if (items.size() == 1 && items[0].kind == Kind::kChoice) {
    if (!items[0].is_simple_choice) fail("a choice within a choice", "single values");
    items[0].is_simple_choice = false;
    return std::move(items[0]);
  }
  OverrideValue choice = simple_choice(std::move(items));
  choice.is_simple_choice = false;
  return choice;
}

OverrideValue call_range(Arguments arguments) {
  arguments.allow({"start", "stop", "step"});
  arguments.bind({"start", "stop", "step"});
  const auto take = [&](const char* name, bool can_be_null) -> std::optional<Node> {
    const std::optional<OverrideValue> value = arguments.named(name);
    if (!value || (can_be_null && is_null(*value))) return std::nullopt;
    if (!is_number(*value))
      fail(fmt::format("{} of range is {}", name, describe(*value)), "a number");
    return value->scalar;
  };
  OverrideValue range;
  range.kind = Kind::kRange;
  const std::optional<Node> start = take("start", false);
  const std::optional<Node> stop = take("stop", true);
  if (!start)
    fail("range gets no start", "range(stop), range(start, stop) or range(start, stop, step)");
  range.start = stop ? *start : Node(0);
  range.stop = stop ? *stop : *start;
  range.step = take("step", false).value_or(Node(1));
  return range;
}

OverrideValue call_interval(Arguments arguments) {
  arguments.allow({"start", "end"});
  arguments.bind({"start", "end"});
  OverrideValue interval;
  interval.kind = Kind::kInterval;
  for (const auto& [name, bound] :
       {std::pair{"start", &interval.start}, std::pair{"end", &interval.stop}}) {
    const std::optional<OverrideValue> value = arguments.named(name);
    if (!value) fail(fmt::format("interval gets no {}", name), "interval(start, end)");
    if (!is_number(*value))
      fail(fmt::format("{} of interval is {}", name, describe(*value)), "a number");
    *bound = Node(number(value->scalar));
  }
  return interval;
}

std::vector<std::string> patterns(const OverrideValue& value) {
  if (is_string(value)) return {value.scalar.as_string()};
  if (value.kind != Kind::kList)
    fail(describe(value) + " as a glob", "a string or a list of strings");
  std::vector<std::string> result;
  for (const OverrideValue& item : value.items) {
    if (!item.scalar.is_string()) fail(describe(item) + " as a glob", "a string");
    result.push_back(item.scalar.as_string());
  }
  return result;
}

OverrideValue call_glob(Arguments arguments) {
  arguments.allow({"include", "exclude"});
  arguments.bind({"include", "exclude"});
  OverrideValue glob;
  glob.kind = Kind::kGlob;
  const std::optional<OverrideValue> include = arguments.named("include");
  if (!include) fail("glob gets no pattern", "glob(pattern)");
  glob.include = patterns(*include);
  const std::optional<OverrideValue> exclude = arguments.named("exclude");
  if (exclude && !is_null(*exclude)) glob.exclude = patterns(*exclude);
  return glob;
}

// --- what works on sweeps

OverrideValue call_tag(Arguments arguments) {
  arguments.allow({"sweep"});
  std::vector<OverrideValue>& positional = arguments.positional();
  if (positional.empty()) fail("tag gets no argument", "tag(name, ..., sweep)");
  for (const OverrideValue& value : positional) {
    if (!is_string(value) && (!value.is_sweep() || value.kind == Kind::kGlob)) {
      fail(describe(value) + " as a tag", "strings, then a sweep");
    }
  }
  const std::optional<OverrideValue> named = arguments.named("sweep");
  if (named && !is_null(*named)) positional.push_back(*named);
  OverrideValue sweep = std::move(positional.back());
  positional.pop_back();
  if (!sweep.is_sweep() || sweep.kind == Kind::kGlob)
    fail("the last argument of tag is " + describe(sweep), "a choice, range or interval");
  sweep.tags.clear();
  for (const OverrideValue& tag : positional) {
    if (!is_string(tag)) fail(describe(tag) + " as a tag", "a string");
    sweep.tags.insert(tag.scalar.as_string());
  }
  return sweep;
}

// Python's '<' between values of a sort. Strings and numbers do not mix.
bool less(const OverrideValue& a, const OverrideValue& b) {
  if (is_number(a) && is_number(b)) {
    if (a.scalar.is_int() && b.scalar.is_int() && !a.scalar.is_big_int() &&
        !b.scalar.is_big_int()) {
      return a.scalar.as_int() < b.scalar.as_int();
    }
    return number(a.scalar) < number(b.scalar);
  }
  if (is_string(a) && is_string(b)) return a.scalar.as_string() < b.scalar.as_string();
  if (a.kind == Kind::kList && b.kind == Kind::kList) {
    for (size_t i = 0; i < a.items.size() && i < b.items.size(); ++i) {
      if (less(a.items[i], b.items[i])) return true;
      if (less(b.items[i], a.items[i])) return false;
    }
    return a.items.size() < b.items.size();
  }
  fail(fmt::format("{} and {} have no order", describe(a), describe(b)),
       "all numbers or all strings");
}

void sort_items(std::vector<OverrideValue>& items, bool reverse) {
  // Compare all neighbours first: the sort itself may skip a pair that has no order.
  for (size_t i = 0; i + 1 < items.size(); ++i) less(items[i], items[i + 1]);
  std::stable_sort(items.begin(), items.end(),
                   [&](const auto& a, const auto& b) { return reverse ? less(b, a) : less(a, b); });
}

Node plus(const Node& a, const Node& b, int sign) {
  if (a.is_float() || b.is_float()) return Node(number(a) + sign * number(b));
  return Node(static_cast<int64_t>(number(a)) + sign * static_cast<int64_t>(number(b)));
}

OverrideValue sorted(OverrideValue sweep, bool reverse) {
  if (sweep.kind == Kind::kChoice) {
    sort_items(sweep.items, reverse);
    return sweep;
  }
  const bool turn =
      reverse ? number(sweep.start) < number(sweep.stop) : number(sweep.start) > number(sweep.stop);
  if (!turn) return sweep;
  Node size = sweep.step;
  if (number(size) < 0) size = size.is_float() ? Node(-size.as_float()) : Node(-size.as_int());
  const int sign = reverse ? -1 : 1;
  Node start = plus(sweep.stop, size, sign);
  sweep.stop = plus(sweep.start, size, sign);
  sweep.start = std::move(start);
  sweep.step = plus(sweep.step.is_float() ? Node(0.0) : Node(0), sweep.step, -1);
  return sweep;
}

void check_sortable(const std::vector<OverrideValue>& values, const std::string& name) {
  for (const OverrideValue& value : values) {
    if (is_null(value) || value.kind == Kind::kInterval || value.kind == Kind::kGlob) {
      fail(fmt::format("{} gets {}", name, describe(value)), "values, a list, a choice or a range");
    }
  }
}

// The sweep or the list that was given by name.
std::optional<OverrideValue> named_subject(const Arguments& arguments, const std::string& name) {
  if (const auto list = arguments.named("list"); list && !is_null(*list)) {
    if (list->kind != Kind::kList)
      fail(fmt::format("list of {} is {}", name, describe(*list)), "a list");
    return list;
  }
  if (const auto sweep = arguments.named("sweep"); sweep && !is_null(*sweep)) {
    if (sweep->kind != Kind::kChoice && sweep->kind != Kind::kRange) {
      fail(fmt::format("sweep of {} is {}", name, describe(*sweep)), "a choice or a range");
    }
    return sweep;
  }
  return std::nullopt;
}

OverrideValue call_sort(Arguments arguments) {
  arguments.allow({"sweep", "list", "reverse"});
  bool reverse = false;
  if (const auto value = arguments.named("reverse")) {
    if (value->kind != Kind::kScalar || !value->scalar.is_bool())
      fail("reverse of sort is " + describe(*value), "true or false");
    reverse = value->scalar.as_bool();
  }
  std::vector<OverrideValue> values = std::move(arguments.positional());
  check_sortable(values, "sort");
  if (const auto subject = named_subject(arguments, "sort")) values = {*subject};
  if (values.empty()) fail("sort gets nothing to sort");
  if (values.size() > 1) {
    for (const OverrideValue& value : values) {
      if (!is_number(value) && !is_string(value))
        fail("sort gets " + describe(value) + " among others", "numbers or strings");
    }
    return sorted(simple_choice(std::move(values)), reverse);
  }
  OverrideValue& value = values[0];
  if (value.kind == Kind::kChoice || value.kind == Kind::kRange)
    return sorted(std::move(value), reverse);
  if (value.kind == Kind::kList) sort_items(value.items, reverse);
  return std::move(value);
}

OverrideValue call_shuffle(Arguments arguments) {
  arguments.allow({"sweep", "list"});
  std::vector<OverrideValue> values = std::move(arguments.positional());
  check_sortable(values, "shuffle");
  if (const auto subject = named_subject(arguments, "shuffle")) values = {*subject};
  if (values.size() != 1) {
    OverrideValue choice = simple_choice(std::move(values));
    choice.is_shuffled = true;
    return choice;
  }
  OverrideValue& value = values[0];
  if (value.kind == Kind::kChoice || value.kind == Kind::kRange) {
    value.is_shuffled = true;
    return std::move(value);
  }
  if (value.kind == Kind::kList) {
    // A list is one value: its order is fixed here, and the same each time.
    const auto order = random_permutation(static_cast<int64_t>(value.items.size()),
                                          CounterRandom({.purpose = "shuffle"}));
    std::vector<OverrideValue> items;
    for (const int64_t index : order)
      items.push_back(std::move(value.items[static_cast<size_t>(index)]));
    value.items = std::move(items);
    return std::move(value);
  }
  OverrideValue list;
  list.kind = Kind::kList;
  list.items.push_back(std::move(value));
  return list;
}

}  // namespace

OverrideValue call_override_function(FunctionCall call) {
  const std::string name = call.name;
  Arguments arguments(std::move(call));
  if (name == "int" || name == "float" || name == "str" || name == "bool")
    return call_cast(std::move(arguments), name);
  if (name == "choice") return call_choice(std::move(arguments));
  if (name == "range") return call_range(std::move(arguments));
  if (name == "interval") return call_interval(std::move(arguments));
  if (name == "glob") return call_glob(std::move(arguments));
  if (name == "tag") return call_tag(std::move(arguments));
  if (name == "sort") return call_sort(std::move(arguments));
  if (name == "shuffle") return call_shuffle(std::move(arguments));
  throw_unknown_name("", "function", name, function_names());
}

}  // namespace twinset
