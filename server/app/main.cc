// conclave: signaling, SFU and web pages in one process.
#include <csignal>
#include <cstdio>

#include "app/command_line.h"
#include "app/log_sink.h"
#include "app/server.h"

int main(int argc, char** argv) {
  // A reader of our output that goes away must not take the meetings with it.
  std::signal(SIGPIPE, SIG_IGN);
  const conclave::app::CommandLine line = conclave::app::ParseCommandLine(argc, argv);
  if (line.exit_status) return *line.exit_status;
  conclave::app::StartLog(line.config.log_level);
  auto server = conclave::app::Server::Start(line.config);
  if (!server) {
    std::fprintf(stderr, "conclave: %s\n", server.error().message.c_str());
    return 1;
  }
  std::puts("Conclave is ready. Open one of:");
  for (const std::string& link : (*server)->Links()) std::printf("  %s\n", link.c_str());
  if (const std::string client = (*server)->WebClient(); !client.empty()) {
    std::printf(
        "The web client's code, as it is shown in it and by sha256sum of release.sha384:\n");
    std::printf("  %s\n", client.c_str());
  }
  std::fflush(stdout);
  (*server)->Run();
  return 0;
}
