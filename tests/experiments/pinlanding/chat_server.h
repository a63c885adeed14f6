// An OpenAI-compatible server on loopback, in the test's own process.
#pragma once

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

namespace twinset::pinlanding::testing {

/// Answers every chat completion with answer(request); one connection at a time.
class ChatServer {
 public:
  using Json = nlohmann::ordered_json;

  explicit ChatServer(std::function<std::string(const Json&)> answer)
      : answer_(std::move(answer)), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(socket_, 64) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no socket on loopback");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ChatServer() {
    is_ending_ = true;
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }

  std::string url() const { return fmt::format("http://127.0.0.1:{}/v1/chat/completions", port_); }
  int num_requests() const { return num_requests_; }

 private:
  void serve() {
    while (!is_ending_) {
      const int connection = ::accept(socket_, nullptr, nullptr);
      if (connection < 0) continue;
      reply(connection);
      ::close(connection);
    }
  }

  void reply(int connection) {
    std::string request;
    size_t body = std::string::npos, length = 0;
    char bytes[65536];
    while (body == std::string::npos || request.size() < body + length) {
      const ssize_t count = ::recv(connection, bytes, sizeof bytes, 0);
      if (count <= 0) return;
      request.append(bytes, static_cast<size_t>(count));
      if (body != std::string::npos || request.find("\r\n\r\n") == std::string::npos) continue;
      body = request.find("\r\n\r\n") + 4;
      constexpr std::string_view kLength = "Content-Length: ";
      length = std::stoul(request.substr(request.find(kLength) + kLength.size()));
    }
    ++num_requests_;
    const Json choice = {
        {"finish_reason", "stop"},
        {"message",
         {{"role", "assistant"}, {"content", answer_(Json::parse(request.substr(body)))}}}};
    const Json completion = {{"choices", Json::array({choice})},
                             {"usage", {{"prompt_tokens", 10}, {"completion_tokens", 5}}}};
    const std::string text = completion.dump();
    const std::string response = fmt::format(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
        "Connection: close\r\n\r\n{}",
        text.size(), text);
    for (size_t sent = 0; sent < response.size();) {
      const ssize_t count =
          ::send(connection, response.data() + sent, response.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<size_t>(count);
    }
  }

  std::function<std::string(const Json&)> answer_;
  int socket_;
  int port_ = 0;
  std::atomic<bool> is_ending_{false};
  std::atomic<int> num_requests_{0};
  std::thread thread_;
};

/// The prompt of a request.
inline std::string prompt_of(const ChatServer::Json& request) {
  return request.at("messages").back().at("content").at(0).at("text").get<std::string>();
}

}  // namespace twinset::pinlanding::testing
