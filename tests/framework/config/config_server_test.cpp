#include "framework/config/config_server.h"

#include <gtest/gtest.h>

#include <sstream>

namespace twinset {
namespace {

TEST(ConfigServer, AnswersOneLineARequest) {
  std::istringstream in(R"({"op": "override", "override": "+a@b=[1,'x',1e3]"})"
                        "\n"
                        R"({"op": "interpolate", "yaml": "a: 1\nb: ${a}\n", "key": "b"})"
                        "\n");
  std::ostringstream out;
  serve_config_requests(in, out);
  EXPECT_EQ(
      out.str(),
      R"({"ok": {"key": "a", "package": "b", "type": "add", "value": [1, {"$quoted": "x", "quote": "single"}, 1000.0]}})"
      "\n"
      R"({"ok": 1})"
      "\n");
}

TEST(ConfigServer, AMalformedRequestIsAnErrorReply) {
  for (const char* request :
       {"", "{", "[]", "{}", R"({"op": "dance"})", R"({"op": "override"})",
        R"({"op": "override", "override": 3})", R"({"op": "sweep", "overrides": "a=1"})",
        R"({"op": "compose", "config_dir": "/nowhere", "overrides": []})"}) {
    EXPECT_EQ(answer_config_request(request).rfind("{\"error\": ", 0), 0u) << request;
  }
}

TEST(ConfigServer, IntegersAndFloatsKeepTheirDigits) {
  EXPECT_EQ(
      answer_config_request(
          R"({"op": "interpolate", "yaml": "[123456789012345678901234567890, 1.0, -.inf, {1: a}]", "key": ""})"),
      R"({"ok": [123456789012345678901234567890, 1.0, {"$float": "-inf"}, {"$map": [[1, "a"]]}]})");
}

}  // namespace
}  // namespace twinset
