#include "app/server.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>

#include "app/shard_thread.h"
#include "base/log.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "io/event_loop.h"
#include "io/http_server.h"
#include "io/local_addresses.h"
#include "io/mailbox.h"
#include "io/static_site.h"
#include "io/tls_certificate.h"
#include "signal/control_plane.h"
#include "transport/certificate.h"

namespace conclave::app {
namespace {

// Commands that a full shard mailbox left over are tried again this soon.
constexpr Duration kRetry = Duration::Millis(5);

// Beside the binary in the package and in a build; else where the package puts it.
std::string FindWebRoot(const Config& config) {
  if (!config.web_root.empty()) return config.web_root;
  std::error_code ignored;
  const auto binary = std::filesystem::read_symlink("/proc/self/exe", ignored);
  for (const auto& candidate : {binary.parent_path() / "../share/conclave/web",
                                std::filesystem::path("/usr/share/conclave/web")}) {
    if (std::filesystem::exists(candidate / "index.html", ignored)) {
      return candidate.lexically_normal().string();
    }
  }
  return "web/app/dist";
}

// systemd's StateDirectory=, else the XDG one of whoever started us.
std::string FindStateDirectory(const Config& config) {
  if (!config.state_dir.empty()) return config.state_dir;
  if (const char* given = std::getenv("STATE_DIRECTORY"); given != nullptr) return given;
  if (const char* given = std::getenv("XDG_STATE_HOME"); given != nullptr) {
    return std::string(given) + "/conclave";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr) {
    return std::string(home) + "/.local/state/conclave";
  }
  return "/var/lib/conclave";
}

Result<io::TlsCertificate> FindCertificate(const Config& config,
                                           const std::vector<IpAddress>& addresses) {
  if (!config.certificate.empty()) {
    return io::LoadTlsCertificate(config.certificate, config.key);
  }
  io::CertificateNames names{{"localhost"}, addresses};
  char host[256] = {};
  if (gethostname(host, sizeof(host) - 1) == 0 && host[0] != '\0') names.dns.emplace_back(host);
  names.addresses.insert(names.addresses.end(), config.public_addresses.begin(),
                         config.public_addresses.end());
  auto stored = io::LoadOrMakeSelfSigned(FindStateDirectory(config), names);
  if (!stored) return stored.error();
  LOG(kInfo, stored->created ? "made a self-signed certificate: " + stored->path
                             : "using the self-signed certificate " + stored->path);
  LOG(kInfo,
      "browsers on other machines will warn about it, and phones refuse cameras; set "
      "certificate and key to your own");
  return std::move(stored->certificate);
}

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
        timer_(loop_, [this] { OnDeadline(); }) {}
  ~Impl() override { shards_.clear(); }

  Result<void> Start();
  std::vector<std::string> Links() const;
  void Run();

  void OnOpen(ConnectionId connection) override;
  void OnMessage(ConnectionId connection, std::span<const uint8_t> bytes) override;
  void OnClose(ConnectionId connection) override;

 private:
  Result<void> StartShards();
  Result<void> StartHttp();
  void MakeControlPlane();
  void TakeEvents();
  void OnDeadline();
  void Settle();
  void Do(signal::Output& output);
  bool PushCommands();
  std::string Health(bool loopback) const;

  const Config config_;
  const transport::Certificate certificate_;
  const Instant started_;
  const std::vector<IpAddress> addresses_ = io::LocalAddresses();
  io::KernelRandom random_;
  io::EventLoop loop_;
  io::Timer timer_;
  io::Mailbox<ShardEvent> events_{kMailboxCapacity};
  std::vector<ShardEvent> drained_;
  std::vector<std::unique_ptr<ShardThread>> shards_;
  // Commands that wait for each shard, in order.
  std::vector<std::vector<router::Command>> unsent_;
  std::unique_ptr<signal::ControlPlane> control_plane_;
  std::unique_ptr<io::HttpServer> http_;
};

Result<void> Server::Impl::Start() {
  if (const auto shards = StartShards(); !shards) return shards;
  MakeControlPlane();
  if (const auto http = StartHttp(); !http) return http;
  loop_.WatchReadable(events_.fd(), [this] { TakeEvents(); });
  loop_.WatchSignals({SIGINT, SIGTERM}, [this](int) {
    LOG(kInfo, "stopping");
    http_->Stop();
    loop_.Stop();
  });
  return {};
}

Result<void> Server::Impl::StartShards() {
  const size_t count = ShardCount(config_);
  for (size_t i = 0; i < count; ++i) {
    const size_t port = config_.udp_port + i;
    if (port > 65535) return Error{"no UDP port left for shard " + std::to_string(i)};
    auto shard = ShardThread::Start(ShardId(static_cast<uint16_t>(i)), addresses_,
                                    static_cast<uint16_t>(port), certificate_, events_);
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
  control.participants_per_room_max = config_.participants_per_room;
  for (size_t i = 0; i < shards_.size(); ++i) {
    signal::ShardEndpoint endpoint;
    const auto port = static_cast<uint16_t>(config_.udp_port + i);
    for (const IpAddress& ip : config_.public_addresses) endpoint.candidates.push_back({ip, port});
    for (const IpAddress& ip : addresses_) endpoint.candidates.push_back({ip, port});
    control.shards.push_back(std::move(endpoint));
  }
  control_plane_ = std::make_unique<signal::ControlPlane>(std::move(control), random_);
}

Result<void> Server::Impl::StartHttp() {
  auto site = io::StaticSite::Load(FindWebRoot(config_));
  if (!site) return site.error();
  auto certificate = FindCertificate(config_, addresses_);
  if (!certificate) return certificate.error();
  io::HttpServerConfig http;
  http.listen = config_.listen;
  http.port = config_.port;
  http.pages.frame_ancestors = config_.frame_ancestors;
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
  const std::string port = std::to_string(http_->port());
  std::vector<std::string> links = {"http://localhost:" + port + "/"};
  std::vector<IpAddress> others = config_.public_addresses;
  others.insert(others.end(), addresses_.begin(), addresses_.end());
  for (const IpAddress& ip : others) {
    if (ip.is_loopback()) continue;
    const std::string host = ip.is_v4() ? ip.ToString() : "[" + ip.ToString() + "]";
    links.push_back("https://" + host + ":" + port + "/");
  }
  return links;
}

void Server::Impl::Run() { loop_.Run(); }

void Server::Impl::OnOpen(ConnectionId connection) {
  control_plane_->OnConnect(io::Now(), connection);
  Settle();
}

void Server::Impl::OnMessage(ConnectionId connection, std::span<const uint8_t> bytes) {
  control_plane_->OnMessage(io::Now(), connection, bytes);
  Settle();
}

void Server::Impl::OnClose(ConnectionId connection) {
  control_plane_->OnDisconnect(io::Now(), connection);
  Settle();
}

void Server::Impl::TakeEvents() {
  drained_.clear();
  events_.Drain(drained_);
  for (const ShardEvent& event : drained_) {
    control_plane_->OnShardEvent(io::Now(), event.shard, event.event);
  }
  Settle();
}

void Server::Impl::OnDeadline() {
  const Instant now = io::Now();
  if (control_plane_->NextDeadline() <= now) control_plane_->OnDeadline(now);
  Settle();
}

// Carries out what the control plane wants, and sleeps until it wants something again.
void Server::Impl::Settle() {
  for (signal::Output& output : control_plane_->TakeOutput()) Do(output);
  const bool all_pushed = PushCommands();
  const Instant deadline = control_plane_->NextDeadline();
  timer_.Arm(all_pushed ? deadline : std::min(deadline, io::Now() + kRetry));
}

void Server::Impl::Do(signal::Output& output) {
  if (auto* send = std::get_if<signal::SendMessage>(&output)) {
    http_->Send(send->connection, std::move(send->bytes));
  } else if (const auto* close = std::get_if<signal::CloseConnection>(&output)) {
    http_->Close(close->connection, close->code);
  } else if (auto* command = std::get_if<signal::ShardCommand>(&output)) {
    unsent_[command->shard.value()].push_back(std::move(command->command));
  }
}

bool Server::Impl::PushCommands() {
  bool all = true;
  for (size_t i = 0; i < shards_.size(); ++i) all = shards_[i]->Push(unsent_[i]) && all;
  return all;
}

std::string Server::Impl::Health(bool loopback) const {
  std::string body = R"({"status":"ok","version":")" CONCLAVE_VERSION R"(")";
  if (loopback) {
    const signal::ControlPlaneStats stats = control_plane_->stats();
    body += ",\"uptime_s\":" + std::to_string((io::Now() - started_).us() / 1'000'000) +
            ",\"rooms\":" + std::to_string(stats.rooms) +
            ",\"participants\":" + std::to_string(stats.participants);
  }
  return body + "}\n";
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
void Server::Run() { impl_->Run(); }

}  // namespace conclave::app
