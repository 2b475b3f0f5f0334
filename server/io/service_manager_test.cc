#include "io/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "io/file_descriptor.h"
#include "io/temporary_directory.h"

namespace conclave::io {
namespace {

class ServiceManagerTest : public ::testing::Test {
 protected:
  ~ServiceManagerTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
  }
};

TEST_F(ServiceManagerTest, TellsTheSocketThatTheManagerNamed) {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/notify";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  const FileDescriptor manager(socket(AF_UNIX, SOCK_DGRAM, 0));
  ASSERT_EQ(bind(manager.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  setenv("NOTIFY_SOCKET", path.c_str(), 1);
  NotifyServiceManager("READY=1");
  std::array<char, 64> received{};
  const ssize_t count = recv(manager.get(), received.data(), received.size(), MSG_DONTWAIT);
  ASSERT_GT(count, 0);
  EXPECT_EQ(std::string(received.data(), static_cast<size_t>(count)), "READY=1");
}

TEST_F(ServiceManagerTest, SaysNothingUnasked) {
  NotifyServiceManager("READY=1");
  setenv("NOTIFY_SOCKET", "/no/such/socket", 1);
  NotifyServiceManager("READY=1");
  setenv("NOTIFY_SOCKET", std::string(500, 'x').c_str(), 1);
  NotifyServiceManager("READY=1");
}

TEST_F(ServiceManagerTest, TheWatchdogIsFedTwiceAsOftenAsItAsks) {
  EXPECT_EQ(WatchdogInterval(), Duration::Infinite());
  setenv("WATCHDOG_USEC", "10000000", 1);
  EXPECT_EQ(WatchdogInterval(), Duration::Seconds(5));
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(WatchdogInterval(), Duration::Seconds(5));
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(WatchdogInterval(), Duration::Infinite());
  unsetenv("WATCHDOG_PID");
  for (const char* text : {"", "soon", "0", "-5", "10s"}) {
    setenv("WATCHDOG_USEC", text, 1);
    EXPECT_EQ(WatchdogInterval(), Duration::Infinite()) << text;
  }
}

}  // namespace
}  // namespace conclave::io
