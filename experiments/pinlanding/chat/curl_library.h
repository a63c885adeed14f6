// libcurl, opened when the first request is sent: it needs some thirty libraries that the rest of
// the program does not, and which an installed folder need not carry.
#pragma once

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

namespace twinset::pinlanding {

/// The functions of libcurl that are used.
struct CurlLibrary {
  decltype(&curl_global_init) global_init;
  decltype(&curl_multi_init) multi_init;
  decltype(&curl_multi_cleanup) multi_cleanup;
  decltype(&curl_multi_add_handle) multi_add_handle;
  decltype(&curl_multi_remove_handle) multi_remove_handle;
  decltype(&curl_multi_perform) multi_perform;
  decltype(&curl_multi_poll) multi_poll;
  decltype(&curl_multi_info_read) multi_info_read;
  decltype(&curl_easy_init) easy_init;
  decltype(&curl_easy_cleanup) easy_cleanup;
  decltype(&curl_easy_setopt) easy_setopt;
  decltype(&curl_easy_getinfo) easy_getinfo;
  decltype(&curl_easy_strerror) easy_strerror;
  decltype(&curl_slist_append) slist_append;
  decltype(&curl_slist_free_all) slist_free_all;
};

/// @throws SystemError if there is no libcurl.so.4 on this machine
const CurlLibrary& curl_library();

}  // namespace twinset::pinlanding
