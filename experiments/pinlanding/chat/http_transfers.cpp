#include "experiments/pinlanding/chat/http_transfers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "experiments/pinlanding/chat/curl_library.h"
#include "framework/core/error.h"

namespace twinset::pinlanding {
namespace {

constexpr size_t kMostAnswerBytes = 16 << 20;  // an answer is text; more than this is no answer

struct Transfer {
  uint64_t id = 0;
  std::string request, response;
  std::array<char, CURL_ERROR_SIZE> error{};
};

size_t take(char* data, size_t size, size_t count, void* user) {
  auto& response = *static_cast<std::string*>(user);
  if (response.size() + size * count > kMostAnswerBytes) return 0;
  response.append(data, size * count);
  return size * count;
}

long milliseconds(double seconds) { return std::max(1L, static_cast<long>(seconds * 1000)); }

}  // namespace

class HttpTransfers::Impl {
 public:
  Impl(const ChatOptions& options, const std::string& api_key) : options_(options) {
    multi_ = library_.multi_init();
    headers_ = library_.slist_append(headers_, "Content-Type: application/json");
    headers_ = library_.slist_append(headers_, "Expect:");
    if (!api_key.empty())
      headers_ = library_.slist_append(headers_, ("Authorization: Bearer " + api_key).c_str());
    TWINSET_CHECK(multi_ != nullptr && headers_ != nullptr, "libcurl has no memory");
  }

  ~Impl() {
    for (auto& [easy, transfer] : transfers_) {
      library_.multi_remove_handle(multi_, easy);
      library_.easy_cleanup(easy);
    }
    library_.multi_cleanup(multi_);
    library_.slist_free_all(headers_);
  }

  void start(uint64_t id, std::string body) {
    CURL* easy = library_.easy_init();
    TWINSET_CHECK(easy != nullptr, "libcurl has no memory");
    auto transfer = std::make_unique<Transfer>();
    transfer->id = id;
    transfer->request = std::move(body);
    library_.easy_setopt(easy, CURLOPT_URL, options_.url.c_str());
    library_.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    library_.easy_setopt(easy, CURLOPT_HTTPHEADER, headers_);
    library_.easy_setopt(easy, CURLOPT_POST, 1L);
    library_.easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->request.data());
    library_.easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(transfer->request.size()));
    library_.easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    library_.easy_setopt(easy, CURLOPT_WRITEDATA, &transfer->response);
    library_.easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error.data());
    library_.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                         milliseconds(options_.connect_timeout_seconds));
    library_.easy_setopt(easy, CURLOPT_TIMEOUT_MS, milliseconds(options_.timeout_seconds));
    library_.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    library_.easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    if (options_.ca_file) library_.easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file->c_str());
    library_.multi_add_handle(multi_, easy);
    transfers_[easy] = std::move(transfer);
  }

  size_t num_running() const { return transfers_.size(); }

  std::vector<HttpResult> wait(double seconds) {
    int running = 0;
    library_.multi_perform(multi_, &running);
    std::vector<HttpResult> results = finished();
    if (!results.empty()) return results;
    library_.multi_poll(multi_, nullptr, 0, static_cast<int>(milliseconds(seconds)), nullptr);
    library_.multi_perform(multi_, &running);
    return finished();
  }

 private:
  std::vector<HttpResult> finished() {
    std::vector<HttpResult> results;
    int left = 0;
    while (CURLMsg* message = library_.multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* easy = message->easy_handle;
      const CURLcode code = message->data.result;
      Transfer& transfer = *transfers_.at(easy);
      HttpResult& result = results.emplace_back();
      result.id = transfer.id;
      result.body = std::move(transfer.response);
      if (code == CURLE_OK) {
        long status = 0;
        curl_off_t retry_after = 0;
        library_.easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        library_.easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
        result.status = status;
        if (retry_after > 0) result.retry_after_seconds = static_cast<double>(retry_after);
      } else {
        result.error =
            transfer.error[0] != 0 ? transfer.error.data() : library_.easy_strerror(code);
      }
      library_.multi_remove_handle(multi_, easy);
      library_.easy_cleanup(easy);
      transfers_.erase(easy);
    }
    return results;
  }

  const CurlLibrary& library_ = curl_library();
  ChatOptions options_;
  CURLM* multi_ = nullptr;
  curl_slist* headers_ = nullptr;
  std::map<CURL*, std::unique_ptr<Transfer>> transfers_;
};

HttpTransfers::HttpTransfers(const ChatOptions& options, const std::string& api_key)
    : impl_(std::make_unique<Impl>(options, api_key)) {}
HttpTransfers::~HttpTransfers() = default;
void HttpTransfers::start(uint64_t id, std::string body) { impl_->start(id, std::move(body)); }
size_t HttpTransfers::num_running() const { return impl_->num_running(); }
std::vector<HttpResult> HttpTransfers::wait(double seconds) { return impl_->wait(seconds); }

}  // namespace twinset::pinlanding
