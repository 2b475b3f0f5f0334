// The whole server: the control thread with HTTP and the control plane, and the shards.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "base/result.h"

namespace conclave::app {

class Server {
 public:
  // Everything that can fail on a machine fails here, with a message for its operator.
  static Result<std::unique_ptr<Server>> Start(const Config& config);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Where people open it, one address per line, best first.
  std::vector<std::string> Links() const;
  // The SHA-256 that stands for every file of the web client, which its people see in it; empty
  // where the web root has no list of its files.
  std::string WebClient() const;
  // Until SIGTERM or SIGINT.
  void Run();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace conclave::app
