// A relay between browsers and the server that spoils the link as a seed decides. Prints
// "udp=PORT" when it listens; reads commands (settings.h) from its input, and ends with that.
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <cstdio>
#include <istream>
#include <optional>
#include <string>

#include "tests/impair/settings.h"
#include "tests/impair/tcp_pipe.h"
#include "tests/impair/udp_relay.h"

namespace conclave::impair {
namespace {

struct Options {
  std::string server_namespace;
  uint16_t server_udp_port = 0;
  uint16_t tcp_port = 0;
  uint64_t seed = 1;
};

class Commands {
 public:
  Commands(boost::asio::io_context& io, Settings& settings)
      : io_(io), settings_(settings), input_(io, 0) {
    Read();
  }

 private:
  void Read() {
    boost::asio::async_read_until(input_, buffer_, '\n',
                                  [this](boost::system::error_code error, size_t) {
                                    if (error) return io_.stop();
                                    std::string line;
                                    std::istream stream(&buffer_);
                                    std::getline(stream, line);
                                    Obey(line);
                                    Read();
                                  });
  }
  void Obey(const std::string& line) {
    const std::optional<std::string> mistake = Apply(line, settings_);
    std::printf("%s\n", mistake ? mistake->c_str() : "ok");
    std::fflush(stdout);
  }

  boost::asio::io_context& io_;
  Settings& settings_;
  boost::asio::posix::stream_descriptor input_;
  boost::asio::streambuf buffer_;
};

int Run(const Options& options) {
  boost::asio::io_context io(1);
  Settings settings;
  UdpRelay relay(io, settings, options.server_namespace, options.server_udp_port, options.seed);
  std::optional<TcpPipe> pipe;
  if (options.tcp_port != 0) pipe.emplace(io, options.server_namespace, options.tcp_port);
  Commands commands(io, settings);
  std::printf("udp=%u\n", unsigned{relay.port()});
  std::fflush(stdout);
  io.run();
  return 0;
}

}  // namespace
}  // namespace conclave::impair

int main(int argc, char** argv) {
  conclave::impair::Options options;
  CLI::App app("A UDP relay that loses, delays and narrows, by seed.");
  app.add_option("--server-namespace", options.server_namespace, "As of `ip netns`");
  app.add_option("--server-udp-port", options.server_udp_port, "On 127.0.0.1")->required();
  app.add_option("--tcp-port", options.tcp_port, "Also passes on TCP to this port, unspoiled");
  app.add_option("--seed", options.seed);
  CLI11_PARSE(app, argc, argv);
  try {
    return conclave::impair::Run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "impair: %s\n", error.what());
    return 1;
  }
}
