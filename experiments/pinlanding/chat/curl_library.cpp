#include "experiments/pinlanding/chat/curl_library.h"

#include <dlfcn.h>

#include <string>

#include "framework/core/error.h"
#include "framework/core/shared_library.h"

namespace twinset::pinlanding {
namespace {

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (function == nullptr)
    throw SystemError({.where = "libcurl.so.4",
                       .what = std::string("has no ") + name,
                       .expected = "libcurl 7.85 or newer"});
}

CurlLibrary open_curl() {
  std::string reason;
  void* library = open_library("libcurl.so.4", {}, RTLD_NOW | RTLD_LOCAL, reason);
  if (library == nullptr) {
    throw SystemError(
        {.where = "libcurl.so.4",
         .what = "can't be opened: " + reason,
         .todo = "install it: Debian's package libcurl4 (libcurl4t64 since Debian 13)"});
  }
  CurlLibrary curl{};
  find(library, "curl_global_init", curl.global_init);
  find(library, "curl_multi_init", curl.multi_init);
  find(library, "curl_multi_cleanup", curl.multi_cleanup);
  find(library, "curl_multi_add_handle", curl.multi_add_handle);
  find(library, "curl_multi_remove_handle", curl.multi_remove_handle);
  find(library, "curl_multi_perform", curl.multi_perform);
  find(library, "curl_multi_poll", curl.multi_poll);
  find(library, "curl_multi_info_read", curl.multi_info_read);
  find(library, "curl_easy_init", curl.easy_init);
  find(library, "curl_easy_cleanup", curl.easy_cleanup);
  find(library, "curl_easy_setopt", curl.easy_setopt);
  find(library, "curl_easy_getinfo", curl.easy_getinfo);
  find(library, "curl_easy_strerror", curl.easy_strerror);
  find(library, "curl_slist_append", curl.slist_append);
  find(library, "curl_slist_free_all", curl.slist_free_all);
  curl.global_init(CURL_GLOBAL_DEFAULT);
  return curl;
}

}  // namespace

const CurlLibrary& curl_library() {
  static const CurlLibrary library = open_curl();
  return library;
}

}  // namespace twinset::pinlanding
