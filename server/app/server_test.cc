// The whole server in this process, judged from outside.
#include "app/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "base/log.h"
#include "io/temporary_directory.h"
#include "io/test_client.h"
#include "io/tls_certificate.h"
#include "io/udp_socket.h"
#include "protocol/conclave.pb.h"

namespace conclave::app {
namespace {

using io::TestClient;
using io::Transport;
using ::testing::HasSubstr;

// A UDP port that was free a moment ago.
uint16_t FreeUdpPort() {
  return std::move(io::UdpSocket::Bind({IpAddress::V4(127, 0, 0, 1), 0}, 0)).value().local().port;
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    files_.Write("web/index.html", "<title>app</title>");
    config_.port = 0;
    config_.udp_port = FreeUdpPort();
    config_.shards = 1;
    config_.web_root = files_.path() + "/web";
    config_.state_dir = files_.path() + "/state";
  }

  ~ServerTest() override {
    if (thread_.joinable()) StopAndWait();
  }

  void Start() {
    auto server = Server::Start(config_);
    ASSERT_TRUE(server) << server.error().message;
    server_ = *std::move(server);
    const std::string link = server_->Links().front();
    const size_t colon = link.rfind(':');
    std::from_chars(link.data() + colon + 1, link.data() + link.size(), port_);
    thread_ = std::thread([this] { server_->Run(); });
  }

  void StopAndWait() {
    std::raise(SIGTERM);
    thread_.join();
    server_.reset();
  }

  io::TemporaryDirectory files_;
  Config config_;
  std::unique_ptr<Server> server_;
  uint16_t port_ = 0;
  std::thread thread_;
};

TEST_F(ServerTest, ServesItsPagesAndItsHealth) {
  Start();
  EXPECT_THAT(server_->Links().front(), ::testing::StartsWith("http://localhost:"));
  TestClient plain(port_, Transport::kPlain);
  EXPECT_EQ(plain.Request("GET", "/open/weekly").body, "<title>app</title>");
  const io::TestResponse health = plain.Request("GET", "/health");
  EXPECT_EQ(health.headers.at("content-type"), "application/json");
  EXPECT_THAT(
      health.body,
      testing::MatchesRegex(
          R"(\{"status":"ok","version":"[0-9.]+","uptime_s":[0-9]+,)"
          R"("shards":1,"connections":0,"rooms":0,"participants":0,"shard_participants":\[0\],)"
          R"("busy_percent":\[0\],"turn_us":\[0\],"longest_us":\[[0-9]+\],"shedding":\[0\]\})"
          "\n"));
  TestClient tls(port_, Transport::kTls);
  EXPECT_EQ(tls.Request("GET", "/").status, 200);
}

TEST_F(ServerTest, NonsenseOnTheWebSocketClosesOnlyThatSession) {
  Start();
  TestClient other(port_, Transport::kPlain);
  ASSERT_EQ(other.Upgrade(), 101);
  TestClient client(port_, Transport::kPlain);
  ASSERT_EQ(client.Upgrade(), 101);
  client.SendFrame(TestClient::kBinary, "\xff\xff\xff\xff");
  std::optional<io::TestFrame> last;
  for (auto frame = client.ReadFrame(); frame; frame = client.ReadFrame()) {
    last = frame;
    if (frame->opcode == TestClient::kClose) break;
  }
  ASSERT_TRUE(last);
  EXPECT_EQ(last->opcode, TestClient::kClose);
  EXPECT_EQ(last->close_code(), 1002);
  other.SendFrame(TestClient::kPing, "still here");
  EXPECT_EQ(other.ReadFrame().value_or(io::TestFrame{}).payload, "still here");
}

TEST_F(ServerTest, EndsCleanlyOnSigterm) {
  Start();
  TestClient balancer(port_, Transport::kPlain);
  EXPECT_EQ(balancer.Request("GET", "/health").status, 200);
  TestClient client(port_, Transport::kTls);
  ASSERT_EQ(client.Upgrade(), 101);
  std::raise(SIGTERM);
  const auto goodbye = client.ReadFrame();
  ASSERT_TRUE(goodbye);
  EXPECT_EQ(goodbye->close_code(), 1001);
  const io::TestResponse stopping = balancer.Request("GET", "/health");
  EXPECT_EQ(stopping.status, 503);
  EXPECT_THAT(stopping.body, HasSubstr(R"("status":"stopping")"));
  thread_.join();
  server_.reset();
  TestClient late(port_, Transport::kPlain);
  EXPECT_FALSE(late.connected());
}

TEST_F(ServerTest, RefusesToStartAndSaysWhatToDo) {
  config_.web_root = files_.path() + "/nowhere";
  const auto no_web = Server::Start(config_);
  ASSERT_FALSE(no_web);
  EXPECT_THAT(no_web.error().message, HasSubstr("/nowhere"));

  config_.web_root = files_.path() + "/web";
  config_.certificate = files_.Write("not.pem", "x");
  config_.key = config_.certificate;
  const auto no_certificate = Server::Start(config_);
  ASSERT_FALSE(no_certificate);
  EXPECT_THAT(no_certificate.error().message, HasSubstr("not.pem"));
}

TEST_F(ServerTest, NamesTheWebClientThatItServes) {
  Start();
  EXPECT_EQ(server_->WebClient(), "");
  StopAndWait();
  files_.Write("web/release.sha384", "");
  Start();
  // SHA-256 of nothing.
  EXPECT_EQ(server_->WebClient(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_F(ServerTest, AUdpPortThatIsTakenEverywhereIsNamed) {
  Start();
  const auto second = Server::Start(config_);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message,
              AllOf(HasSubstr(std::to_string(config_.udp_port)), HasSubstr("--udp-port")));
}

TEST_F(ServerTest, AServiceReloadsItsCertificate) {
  const io::TlsCertificate first = io::MakeSelfSigned({{"first"}, {}});
  const io::TlsCertificate second = io::MakeSelfSigned({{"second"}, {}});
  config_.certificate = files_.Write("tls.crt", first.chain_pem);
  config_.key = files_.Write("tls.key", first.key_pem);
  Start();
  TestClient before(port_, Transport::kTls);
  EXPECT_EQ(before.peer_certificate_pem(), first.chain_pem);
  files_.Write("tls.crt", second.chain_pem);
  files_.Write("tls.key", second.key_pem);
  std::raise(SIGHUP);
  // The signal and the connections reach the same loop; a few may come before it.
  std::string served = first.chain_pem;
  for (int i = 0; i < 1000 && served == first.chain_pem; ++i) {
    served = TestClient(port_, Transport::kTls).peer_certificate_pem();
  }
  EXPECT_EQ(served, second.chain_pem);
}

// Whether somebody who looks at the room is told of a passcode.
bool AsksPasscode(TestClient& client, const std::string& room) {
  v1::ClientMessage look;
  look.mutable_look()->set_room(room);
  client.SendFrame(TestClient::kBinary, look.SerializeAsString());
  v1::ServerMessage answer;
  const auto frame = client.ReadFrame();
  EXPECT_TRUE(frame && answer.ParseFromString(frame->payload));
  return answer.sight().passcode();
}

std::mutex logged_mutex;
std::string logged;

void Keep(LogLevel, std::string_view line) {
  const std::lock_guard lock(logged_mutex);
  logged.append(line).append("\n");
}

// Whether a line with this was logged within some time.
bool Logs(std::string_view text) {
  for (int i = 0; i < 2000; ++i) {
    {
      const std::lock_guard lock(logged_mutex);
      if (logged.find(text) != std::string::npos) return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

TEST_F(ServerTest, AServiceReadsItsPasscodesAgain) {
  constexpr std::string_view kHash =
      "$argon2id$v=19$m=19456,t=2,p=1$iR/wfU7ItSkdfHmchTEP8A$"
      "lGu/GsqODOZOoNOzYQuzfMGXlF0hdV1wIzaP7epVJ20";
  const auto write = [&](std::string_view rooms, std::string_view hash) {
    return files_.Write("conclave.toml",
                        "passcode = [\"" + std::string(rooms) + " " + std::string(hash) + "\"]\n");
  };
  const std::string file = write("open/staff", kHash);
  ASSERT_TRUE(ApplyTomlFile(file, config_));
  config_.passcode_file = file;
  SetLogSink(Keep, LogLevel::kInfo);
  Start();
  TestClient client(port_, Transport::kPlain);
  ASSERT_EQ(client.Upgrade(), 101);
  EXPECT_TRUE(AsksPasscode(client, "open/staff"));
  EXPECT_FALSE(AsksPasscode(client, "open/board"));

  write("open/board", kHash);
  std::raise(SIGHUP);
  EXPECT_TRUE(Logs("took the passcodes of " + file + ": 1"));
  EXPECT_FALSE(AsksPasscode(client, "open/staff"));
  EXPECT_TRUE(AsksPasscode(client, "open/board"));

  write("open/tea", "in-clear");
  std::raise(SIGHUP);
  EXPECT_TRUE(Logs("kept the passcodes as they were: " + file + ":1: passcode"));
  EXPECT_EQ(logged.find("in-clear"), std::string::npos) << "it may be a passcode";
  EXPECT_TRUE(AsksPasscode(client, "open/board")) << "the old ones stay in force";
  StopAndWait();
  SetLogSink(nullptr, LogLevel::kInfo);
}

}  // namespace
}  // namespace conclave::app
