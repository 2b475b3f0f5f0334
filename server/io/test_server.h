// An HttpServer in a thread of its own, on a free port of 127.0.0.1, and what its WebSockets saw.
// For tests only.
#pragma once

#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "io/http_server.h"
#include "io/temporary_directory.h"

namespace conclave::io {

class TestServer final : public WebSocketHandler {
 public:
  explicit TestServer(HttpServerConfig config = {},
                      std::vector<IpAddress> listen = {IpAddress::V4(127, 0, 0, 1)}) {
    root_.Write("index.html", "<title>app</title>");
    root_.Write("assets/main-Ab12Cd34.js", std::string(3'000'000, 'x'));
    root_.Write("assets/main-Ab12Cd34.js.br", "brotli");
    config.listen = std::move(listen);
    config.port = 0;
    config.certificate = MakeSelfSigned({{"localhost"}, {}});
    server_ =
        std::move(HttpServer::Start(
                      loop_, std::move(config), std::move(StaticSite::Load(root_.path())).value(),
                      [](bool) {
                        return Health{true, "{\"status\":\"ok\"}"};
                      },
                      *this))
            .value();
    thread_ = std::thread([this] { loop_.Run(); });
  }

  ~TestServer() override {
    loop_.Stop();
    thread_.join();
    server_.reset();
  }

  uint16_t port() const { return server_->port(); }

  // Runs `task` in the server's thread and waits for it.
  void Do(std::function<void(HttpServer&)> task) {
    std::promise<void> done;
    loop_.Post([&] {
      task(*server_);
      done.set_value();
    });
    done.get_future().wait();
  }

  // Waits until so many have happened. False after five seconds.
  bool WaitForOpened(size_t count) { return Wait(opened_, count); }
  bool WaitForClosed(size_t count) { return Wait(closed_, count); }
  bool WaitForMessages(size_t count) { return Wait(messages_, count); }
  ConnectionId opened(size_t i) { return Get(opened_, i); }
  std::string message(size_t i) { return Get(messages_, i); }

 private:
  void OnOpen(ConnectionId connection, const IpAddress&) override { Add(opened_, connection); }
  void OnClose(ConnectionId connection) override { Add(closed_, connection); }
  // An echo, so that a client can tell that it was understood.
  void OnMessage(ConnectionId connection, std::span<const uint8_t> bytes) override {
    const std::string text(bytes.begin(), bytes.end());
    Add(messages_, text);
    if (text == "close me") {
      server_->Send(connection, "last words");
      return server_->Close(connection, 4000);
    }
    server_->Send(connection, text);
  }

  template <typename T>
  void Add(std::vector<T>& list, const T& value) {
    const std::lock_guard lock(mutex_);
    list.push_back(value);
    changed_.notify_all();
  }
  template <typename T>
  bool Wait(const std::vector<T>& list, size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(5), [&] { return list.size() >= count; });
  }
  template <typename T>
  T Get(const std::vector<T>& list, size_t i) {
    const std::lock_guard lock(mutex_);
    return list.at(i);
  }

  TemporaryDirectory root_;
  EventLoop loop_;
  std::unique_ptr<HttpServer> server_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ConnectionId> opened_;
  std::vector<ConnectionId> closed_;
  std::vector<std::string> messages_;
  std::thread thread_;
};

}  // namespace conclave::io
