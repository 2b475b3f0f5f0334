#include "app/shard_thread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/log.h"
#include "io/clock.h"
#include "io/file_descriptor.h"

namespace conclave::app {
namespace {

// Media waits meanwhile.
constexpr Duration kCommandTime = Duration::Millis(1);
// How often a full event mailbox is tried again.
constexpr Duration kRetry = Duration::Millis(5);
// Without any deadline the thread still looks up now and then, so that a lost wake-up heals.
constexpr Duration kIdle = Duration::Seconds(1);
constexpr uint64_t kMailboxTag = 1 << 16;
constexpr uint64_t kStopTag = kMailboxTag + 1;
constexpr uint64_t kRelaysTag = kMailboxTag + 2;
constexpr int kMaxReady = 64;

void Watch(int epoll, int fd, uint64_t tag) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag;
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
}

// epoll_wait counts in milliseconds, which is a whole tick of the pacer.
int WaitForEvents(int epoll, std::array<epoll_event, kMaxReady>& ready, Duration limit) {
  const timespec time{limit.us() / 1'000'000, limit.us() % 1'000'000 * 1000};
  const int count = epoll_pwait2(epoll, ready.data(), kMaxReady, &time, nullptr);
  if (count >= 0 || errno == EINTR) return count;
  // A sandbox that does not know the newer call must not make this loop spin.
  return epoll_wait(epoll, ready.data(), kMaxReady, static_cast<int>((limit.us() + 999) / 1000));
}

router::ShardConfig ShardSettings(ShardId id) {
  router::ShardConfig config;
  config.id = id;
  config.ntp_offset = io::WallOffset() + Duration::Seconds(io::kNtpToUnixSeconds);
  return config;
}

}  // namespace

Result<std::unique_ptr<ShardThread>> ShardThread::Start(ShardId id,
                                                        const std::vector<IpAddress>& addresses,
                                                        uint16_t port,
                                                        const transport::Certificate& certificate,
                                                        io::Mailbox<ShardEvent>& events,
                                                        const RelayMailboxes& relays) {
  std::vector<io::UdpSocket> sockets;
  std::string refusal = "no local address";
  for (const IpAddress& address : addresses) {
    auto socket = io::UdpSocket::Bind({address, port}, static_cast<SocketIndex>(sockets.size()));
    if (socket) {
      sockets.push_back(*std::move(socket));
      continue;
    }
    refusal = socket.error().message;
    LOG(kWarning, refusal + "; clients will not reach shard " + std::to_string(id.value()) +
                      " at that address");
  }
  if (sockets.empty()) return Error{refusal + "; choose another with --udp-port"};
  return std::unique_ptr<ShardThread>(
      new ShardThread(id, std::move(sockets), certificate, events, relays));
}

namespace {

std::vector<SocketAddress> LocalEnds(const std::vector<io::UdpSocket>& sockets) {
  std::vector<SocketAddress> ends;
  for (const io::UdpSocket& socket : sockets) ends.push_back(socket.local());
  return ends;
}

}  // namespace

ShardThread::ShardThread(ShardId id, std::vector<io::UdpSocket> sockets,
                         const transport::Certificate& certificate, io::Mailbox<ShardEvent>& events,
                         const RelayMailboxes& relays)
    : id_(id),
      sockets_(std::move(sockets)),
      addresses_(LocalEnds(sockets_)),
      shard_(ShardSettings(id), certificate, random_),
      events_(events),
      relays_(relays),
      unsent_relays_(relays.size()),
      thread_([this] { Run(); }) {}

ShardThread::~ShardThread() {
  stopping_ = true;
  stop_.Signal();
  thread_.join();
}

void ShardThread::Pin() const {
  const std::string name = "shard-" + std::to_string(id_.value());
  pthread_setname_np(pthread_self(), name.c_str());
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0 || CPU_COUNT(&allowed) < 2) return;
  // The n-th of the cores that this process may use.
  int skip = id_.value() % CPU_COUNT(&allowed);
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &allowed) || skip-- > 0) continue;
    cpu_set_t own;
    CPU_ZERO(&own);
    CPU_SET(core, &own);
    // A refusal (a sandbox) costs speed, not correctness.
    pthread_setaffinity_np(pthread_self(), sizeof(own), &own);
    return;
  }
}

void ShardThread::Run() {
  Pin();
  const io::FileDescriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  for (size_t i = 0; i < sockets_.size(); ++i) Watch(epoll.get(), sockets_[i].fd(), i);
  Watch(epoll.get(), commands_.fd(), kMailboxTag);
  Watch(epoll.get(), stop_.fd(), kStopTag);
  Watch(epoll.get(), relays_[id_.value()]->fd(), kRelaysTag);
  std::array<epoll_event, kMaxReady> ready;
  Instant turned = io::Now();
  Duration cpu = io::ThreadCpuTime();
  while (!stopping_) {
    const int count = WaitForEvents(epoll.get(), ready, Wait(io::Now()));
    const Instant before = std::exchange(turned, io::Now());
    const Duration cpu_before = std::exchange(cpu, io::ThreadCpuTime());
    shard_.OnTurn(turned, turned - before - (cpu - cpu_before));
    const auto woken = std::span(ready).first(static_cast<size_t>(std::max(count, 0)));
    // Commands first: one of them may add the participant whose first check lies in a socket.
    const auto has = [&](uint64_t tag) {
      return std::ranges::any_of(woken,
                                 [tag](const epoll_event& event) { return event.data.u64 == tag; });
    };
    if (has(kMailboxTag) || HasCommands()) TakeCommands();
    if (has(kRelaysTag)) TakeRelays();
    for (const epoll_event& event : woken) {
      if (event.data.u64 < sockets_.size()) Receive(sockets_[event.data.u64]);
    }
    if (const Instant now = io::Now(); shard_.NextDeadline() <= now) {
      shard_.OnDeadline(now);
    }
    // Before this shard's own receivers, so that the others' wait no longer; and what those ask
    // for.
    SendRelays();
    if (shard_.SendAt() <= io::Now()) Flush();
    SendRelays();
    SendEvents();
  }
}

Duration ShardThread::Wait(Instant now) const {
  if (HasCommands()) return Duration();
  const bool all_sent = unsent_events_.empty() &&
                        std::ranges::all_of(unsent_relays_, &std::vector<ShardRelay>::empty);
  const Duration limit = all_sent ? kIdle : kRetry;
  const Instant deadline = std::min(shard_.NextDeadline(), shard_.SendAt());
  if (deadline <= now) return Duration();
  return deadline == Instant::Never() ? limit : std::min(limit, deadline - now);
}

void ShardThread::TakeCommands() {
  if (next_command_ == drained_.size()) {
    drained_.clear();
    next_command_ = 0;
    commands_.Drain(drained_);
  }
  const Instant start = io::Now();
  while (next_command_ < drained_.size() && io::Now() - start < kCommandTime) {
    shard_.OnCommand(io::Now(), drained_[next_command_++]);
  }
}

void ShardThread::Receive(io::UdpSocket& socket) {
  // One batch per socket and turn, so that no socket starves the others; epoll comes back for more.
  const Instant now = io::Now();
  const auto datagrams = socket.Receive(now, receive_buffer_);
  if (datagrams.empty()) return;
  shard_.OnDatagrams(now, datagrams);
}

// One batch; for what is left the loop comes by again, when what came meanwhile has been taken in.
void ShardThread::Flush() {
  batch_.Clear();
  shard_.PollSend(io::Now(), batch_);
  if (batch_.empty()) return;
  for (io::UdpSocket& socket : sockets_) socket.Send(batch_);
}

void ShardThread::TakeRelays() {
  relays_[id_.value()]->Drain(relays_in_);
  for (ShardRelay& relay : relays_in_) {
    shard_.OnRelay(io::Now(), relay.from, std::move(relay.message));
  }
  relays_in_.clear();
}

void ShardThread::SendRelays() {
  shard_.TakeRelays(relays_out_);
  for (router::RelayOut& relay : relays_out_) {
    unsent_relays_[relay.to.value()].push_back({id_, std::move(relay.message)});
  }
  relays_out_.clear();
  for (size_t i = 0; i < unsent_relays_.size(); ++i) {
    if (relays_[i]->Push(unsent_relays_[i])) continue;
    // What the other has to know waits for it.
    std::erase_if(unsent_relays_[i], [](const ShardRelay& relay) {
      return std::holds_alternative<router::MediaRelayed>(relay.message);
    });
  }
}

void ShardThread::SendEvents() {
  // While the control thread does not keep up, only what it has to know waits for it: levels and
  // speakers are told anew all the time. The rest is bounded by the participants that there are.
  const bool behind = !unsent_events_.empty();
  for (router::Event& event : shard_.TakeEvents()) {
    if (behind && (std::holds_alternative<router::AudioLevels>(event) ||
                   std::holds_alternative<router::DominantSpeakerChanged>(event))) {
      continue;
    }
    unsent_events_.push_back({id_, std::move(event)});
  }
  if (!unsent_events_.empty()) events_.Push(unsent_events_);
}

}  // namespace conclave::app
