#include "app/server.h"

#include <algorithm>
#include <csignal>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "app/branding.h"
#include "app/closed_rooms.h"
#include "app/installation.h"
#include "app/reachability.h"
#include "app/shard_thread.h"
#include "app/stretch_thread.h"
#include "base/check.h"
#include "base/log.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "io/event_loop.h"
#include "io/http_server.h"
#include "io/local_addresses.h"
#include "io/mailbox.h"
#include "io/service_manager.h"
#include "io/static_site.h"
#include "io/tls_certificate.h"
#include "signal/control_plane.h"
#include "transport/certificate.h"

namespace conclave::app {
namespace {

// Commands that a full shard mailbox left over are tried again this soon.
constexpr Duration kRetry = Duration::Millis(5);
// A shard that has not taken so many hangs for good; a restart helps, growing does not.
constexpr size_t kUnsentMax = kMailboxCapacity;
// For the WebSockets' goodbyes on the way out.
constexpr Duration kGoodbye = Duration::Seconds(1);

size_t ShardCount(const Config& config) {
  if (config.shards != 0) return config.shards;
  return std::clamp<size_t>(std::thread::hardware_concurrency(), 1, 64);
}

}  // namespace

class Server::Impl final : public io::WebSocketHandler {
 public:
  Impl(Config config, transport::Certificate certificate)
      : config_(std::move(config)),
        certificate_(std::move(certificate)),
        started_(io::Now()),
        timer_(loop_, [this] { OnDeadline(); }),
        watchdog_(loop_, [this] { FeedWatchdog(); }),
        goodbye_(loop_, [this] { loop_.Stop(); }) {}
  ~Impl() override { shards_.clear(); }

  Result<void> Start();
  std::vector<std::string> Links() const;
  const std::string& web_client() const { return web_client_; }
  void Run();

  void OnOpen(ConnectionId connection, const IpAddress& peer) override;
  void OnMessage(ConnectionId connection, std::span<const uint8_t> bytes) override;
  void OnClose(ConnectionId connection) override;

 private:
  Result<void> StartShards();
  Result<void> StartHttp();
  void MakeControlPlane();
  void TakeEvents();
  void TakeStretched();
  void OnDeadline();
  void FeedWatchdog();
  void Stop();
  void ReloadCertificate();
  Result<void> CloseRooms();
  void ReloadClosedRooms();
  void ReloadPasscodes();
  void Settle();
  void Tell(signal::Output& output);
  bool PushCommands();
  io::Health Health(bool loopback) const;

  const Config config_;
  std::string web_client_;
  const transport::Certificate certificate_;
  const Instant started_;
  const std::vector<IpAddress> addresses_ = io::LocalAddresses();
  io::KernelRandom random_;
  io::EventLoop loop_;
  io::Timer timer_;
  io::Timer watchdog_;
  io::Timer goodbye_;
  bool stopping_ = false;
  io::Mailbox<ShardEvent> events_{kMailboxCapacity};
  std::vector<ShardEvent> drained_;
  RelayMailboxes relays_;
  std::vector<std::unique_ptr<ShardThread>> shards_;
  StretchThread stretches_;
  // Commands that wait for each shard, in order.
  std::vector<std::vector<router::Command>> unsent_;
  std::unique_ptr<signal::ControlPlane> control_plane_;
  std::unique_ptr<io::HttpServer> http_;
};

Result<void> Server::Impl::Start() {
  if (const auto shards = StartShards(); !shards) return shards;
  MakeControlPlane();
  if (const auto closed = CloseRooms(); !closed) return closed;
  if (const auto http = StartHttp(); !http) return http;
  loop_.WatchReadable(events_.fd(), [this] { TakeEvents(); });
  loop_.WatchReadable(stretches_.fd(), [this] { TakeStretched(); });
  loop_.WatchSignals({SIGINT, SIGTERM}, [this](int) { Stop(); });
  loop_.WatchSignals({SIGHUP}, [this](int) {
    ReloadCertificate();
    ReloadPasscodes();
    ReloadClosedRooms();
  });
  return {};
}

void Server::Impl::Run() {
  io::NotifyServiceManager("READY=1");
  FeedWatchdog();
  loop_.Run();
}

// From the loop, so that a control thread that hangs is noticed.
void Server::Impl::FeedWatchdog() {
  const Duration interval = io::WatchdogInterval();
  if (interval == Duration::Infinite()) return;
  io::NotifyServiceManager("WATCHDOG=1");
  watchdog_.Arm(io::Now() + interval);
}

void Server::Impl::Stop() {
  // The second signal is somebody who does not want to wait.
  if (std::exchange(stopping_, true)) return loop_.Stop();
  LOG(kInfo, "stopping");
  io::NotifyServiceManager("STOPPING=1");
  http_->Stop();
  goodbye_.Arm(io::Now() + kGoodbye);
  if (http_->open_web_sockets() == 0) loop_.Stop();
}

void Server::Impl::ReloadCertificate() {
  if (config_.certificate.empty()) return;
  const auto certificate = io::LoadTlsCertificate(config_.certificate, config_.key);
  const auto replaced =
      certificate ? http_->ReplaceCertificate(*certificate) : Result<void>(certificate.error());
  if (replaced) {
    LOG(kInfo, "took the new certificate");
  } else {
    LOG(kError, "kept the old certificate: " + replaced.error().message);
  }
}

Result<void> Server::Impl::CloseRooms() {
  if (config_.closed_rooms.empty()) return {};
  const auto rooms = ReadClosedRooms(config_.closed_rooms);
  if (!rooms) return rooms.error();
  const auto closed = control_plane_->CloseRooms(io::Now(), *rooms);
  if (!closed) return Error{config_.closed_rooms + ": " + closed.error().message};
  return {};
}

void Server::Impl::ReloadClosedRooms() {
  if (const auto closed = CloseRooms(); !closed) {
    LOG(kError, "kept the closed rooms as they were: " + closed.error().message);
  }
  Settle();
}

// Only these: other options of the file count at the next start.
void Server::Impl::ReloadPasscodes() {
  if (config_.passcode_file.empty()) return;
  Config config;
  if (const auto read = ApplyTomlFile(config_.passcode_file, config); !read) {
    LOG(kError, "kept the passcodes as they were: " + read.error().message);
    return;
  }
  LOG(kInfo, "took the passcodes of " + config_.passcode_file + ": " +
                 std::to_string(config.passcodes.size()));
  control_plane_->ReplacePasscodes(std::move(config.passcodes));
  Settle();
}

Result<void> Server::Impl::StartShards() {
  const size_t count = ShardCount(config_);
  for (size_t i = 0; i < count; ++i) {
    relays_.push_back(std::make_unique<io::Mailbox<ShardRelay>>(kRelaysMax));
  }
  for (size_t i = 0; i < count; ++i) {
    const size_t port = config_.udp_port + i;
    if (port > 65535) return Error{"no UDP port left for shard " + std::to_string(i)};
    auto shard = ShardThread::Start(ShardId(static_cast<uint16_t>(i)), addresses_,
                                    static_cast<uint16_t>(port), certificate_, events_, relays_);
    if (!shard) return shard.error();
    shards_.push_back(std::move(*shard));
  }
  unsent_.resize(count);
  LOG(kInfo, "media on UDP ports " + std::to_string(config_.udp_port) + " to " +
                 std::to_string(config_.udp_port + count - 1));
  return {};
}

void Server::Impl::MakeControlPlane() {
  signal::ControlPlaneConfig control;
  control.fingerprint = certificate_.fingerprint();
  control.spread_percent = config_.spread_percent;
  control.participants_per_room_max = config_.participants_per_room;
  control.hosts = config_.hosts;
  control.lobby = config_.lobby;
  control.passcodes = config_.passcodes;
  control.file_bytes_max = config_.file_size * 1024 * 1024;
  for (const auto& shard : shards_) {
    control.shards.push_back({Candidates(config_.public_addresses, shard->addresses())});
  }
  control_plane_ = std::make_unique<signal::ControlPlane>(std::move(control), random_);
}

Result<void> Server::Impl::StartHttp() {
  auto site = io::StaticSite::Load(FindWebRoot(config_));
  if (!site) return site.error();
  web_client_ = CheckWebClient(*site);
  if (const auto added = AddBranding(config_, *site); !added) return added.error();
  auto certificate = FindCertificate(config_, addresses_);
  if (!certificate) return certificate.error();
  io::HttpServerConfig http;
  http.listen = config_.listen;
  http.port = config_.port;
  http.pages.frame_ancestors = config_.frame_ancestors;
  http.pages.meetings_at = config_.meetings_at;
  http.pages.strict_transport = !certificate->self_signed;
  http.certificate = std::move(*certificate);
  http.allowed_origins = config_.allowed_origins;
  auto server = io::HttpServer::Start(
      loop_, std::move(http), std::move(*site), [this](bool loopback) { return Health(loopback); },
      *this);
  if (!server) return server.error();
  http_ = std::move(*server);
  return {};
}

std::vector<std::string> Server::Impl::Links() const {
  return MakeLinks(config_, addresses_, http_->port());
}

void Server::Impl::OnOpen(ConnectionId connection, const IpAddress& peer) {
  control_plane_->OnConnect(io::Now(), connection, peer);
  Settle();
}

void Server::Impl::OnMessage(ConnectionId connection, std::span<const uint8_t> bytes) {
  control_plane_->OnMessage(io::Now(), connection, bytes);
  Settle();
}

void Server::Impl::OnClose(ConnectionId connection) {
  control_plane_->OnDisconnect(io::Now(), connection);
  Settle();
  if (stopping_ && http_->open_web_sockets() == 0) loop_.Stop();
}

void Server::Impl::TakeEvents() {
  drained_.clear();
  events_.Drain(drained_);
  for (const ShardEvent& event : drained_) {
    control_plane_->OnShardEvent(io::Now(), event.shard, event.event);
  }
  Settle();
}

void Server::Impl::TakeStretched() {
  std::vector<Stretched> results;
  stretches_.Drain(results);
  for (const auto& [job, key] : results) control_plane_->OnStretched(io::Now(), job, key);
  Settle();
}

void Server::Impl::OnDeadline() {
  const Instant now = io::Now();
  if (control_plane_->NextDeadline() <= now) control_plane_->OnDeadline(now);
  Settle();
}

// Carries out what the control plane wants, and sleeps until it wants something again.
void Server::Impl::Settle() {
  std::vector<signal::Output> outputs = control_plane_->TakeOutput();
  // The shards first: a client that has its answer before its shard knows of it loses its first
  // connectivity check, and the next one comes 50 ms later.
  for (signal::Output& output : outputs) {
    if (auto* command = std::get_if<signal::ShardCommand>(&output)) {
      unsent_[command->shard.value()].push_back(std::move(command->command));
    }
  }
  const bool all_pushed = PushCommands();
  for (signal::Output& output : outputs) Tell(output);
  const Instant deadline = control_plane_->NextDeadline();
  timer_.Arm(all_pushed ? deadline : std::min(deadline, io::Now() + kRetry));
}

void Server::Impl::Tell(signal::Output& output) {
  if (auto* send = std::get_if<signal::SendMessage>(&output)) {
    http_->Send(send->connection, std::move(send->bytes));
  } else if (const auto* close = std::get_if<signal::CloseConnection>(&output)) {
    http_->Close(close->connection, close->code);
  } else if (auto* stretch = std::get_if<signal::StretchPasscode>(&output)) {
    stretches_.Push(std::move(*stretch));
  }
}

bool Server::Impl::PushCommands() {
  bool all = true;
  for (size_t i = 0; i < shards_.size(); ++i) {
    all = shards_[i]->Push(unsent_[i]) && all;
    CHECK(unsent_[i].size() <= kUnsentMax);
  }
  return all;
}

// Counts only: neither a room's name nor anybody's address is for whoever may ask here.
io::Health Server::Impl::Health(bool loopback) const {
  io::Health health;
  health.serving = !stopping_;
  health.json = std::string(R"({"status":")") + (stopping_ ? "stopping" : "ok") +
                R"(","version":")" CONCLAVE_VERSION R"(")";
  if (loopback) {
    const signal::ControlPlaneStats stats = control_plane_->stats();
    const auto add = [&](const char* name, auto value) {
      health.json += ",\"" + std::string(name) + "\":" + std::to_string(value);
    };
    add("uptime_s", (io::Now() - started_).us() / 1'000'000);
    add("shards", shards_.size());
    add("connections", stats.connections);
    add("rooms", stats.rooms);
    add("participants", stats.participants);
    const auto list = [&](const char* name, const auto& of, auto value) {
      health.json += ",\"" + std::string(name) + "\":[";
      for (const auto& item : of) {
        if (health.json.back() != '[') health.json += ',';
        health.json += std::to_string(std::invoke(value, item));
      }
      health.json += ']';
    };
    list("shard_participants", stats.shard_participants, std::identity());
    const auto each = [&](const char* name, auto value) { list(name, stats.loads, value); };
    each("busy_percent", &router::ShardLoad::busy_percent);
    each("turn_us", &router::ShardLoad::turn_us);
    each("longest_us", &router::ShardLoad::longest_us);
    each("shedding", &router::ShardLoad::shedding);
  }
  health.json += "}\n";
  return health;
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(const Config& config) {
  auto certificate = transport::Certificate::Generate();
  if (!certificate) return certificate.error();
  auto impl = std::make_unique<Impl>(config, std::move(*certificate));
  if (const auto started = impl->Start(); !started) return started.error();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::vector<std::string> Server::Links() const { return impl_->Links(); }
std::string Server::WebClient() const { return impl_->web_client(); }
void Server::Run() { impl_->Run(); }

}  // namespace conclave::app
