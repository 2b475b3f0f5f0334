// A shard on its own pinned thread: sockets in, batches out, commands and events through mailboxes.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/socket_address.h"
#include "io/entropy.h"
#include "io/mailbox.h"
#include "io/udp_socket.h"
#include "io/wake_event.h"
#include "router/commands.h"
#include "router/relay.h"
#include "router/shard.h"
#include "transport/certificate.h"

namespace conclave::app {

// An event with the shard that it comes from, as the control thread receives it.
struct ShardEvent {
  ShardId shard;
  router::Event event;
};

// What one shard says to another.
struct ShardRelay {
  ShardId from;
  router::RelayMessage message;
};
// A message for each batch that came in; of those that a shard which hangs does not take, media is
// lost.
inline constexpr size_t kRelaysMax = 1 << 12;
// One for each shard, by its id.
using RelayMailboxes = std::vector<std::unique_ptr<io::Mailbox<ShardRelay>>>;

// A join storm of a thousand with a hundred commands each would still fit.
inline constexpr size_t kMailboxCapacity = 1 << 17;

class ShardThread {
 public:
  // Binds a socket per address in `addresses`, all on `port`; an address that cannot be bound is
  // left out with a warning, and none at all is an error. `certificate`, `events` and `relays` (for
  // all shards) outlive it.
  static Result<std::unique_ptr<ShardThread>> Start(ShardId id,
                                                    const std::vector<IpAddress>& addresses,
                                                    uint16_t port,
                                                    const transport::Certificate& certificate,
                                                    io::Mailbox<ShardEvent>& events,
                                                    const RelayMailboxes& relays);
  // Stops the thread and waits for it.
  ~ShardThread();
  ShardThread(const ShardThread&) = delete;
  ShardThread& operator=(const ShardThread&) = delete;

  // Where it really listens: its candidates, but for those behind a NAT.
  const std::vector<SocketAddress>& addresses() const { return addresses_; }

  // From the control thread. Moves out what fits; false: push the rest again later.
  bool Push(std::vector<router::Command>& commands) { return commands_.Push(commands); }

 private:
  ShardThread(ShardId id, std::vector<io::UdpSocket> sockets,
              const transport::Certificate& certificate, io::Mailbox<ShardEvent>& events,
              const RelayMailboxes& relays);

  void Run();
  void Pin() const;
  // As many as take about a millisecond: to add a participant takes a good part of one.
  void TakeCommands();
  bool HasCommands() const { return next_command_ < drained_.size(); }
  void Receive(io::UdpSocket& socket);
  void Flush();
  void TakeRelays();
  void SendRelays();
  void SendEvents();
  Duration Wait(Instant now) const;

  const ShardId id_;
  io::KernelRandom random_;
  std::vector<io::UdpSocket> sockets_;
  const std::vector<SocketAddress> addresses_;
  router::Shard shard_;
  io::Mailbox<router::Command> commands_{kMailboxCapacity};
  io::Mailbox<ShardEvent>& events_;
  const RelayMailboxes& relays_;
  std::vector<router::RelayOut> relays_out_;
  // For each shard, what it has not taken yet.
  std::vector<std::vector<ShardRelay>> unsent_relays_;
  std::vector<ShardRelay> relays_in_;
  std::vector<ShardEvent> unsent_events_;
  // Taken out of the mailbox; those before `next_command_` are done.
  std::vector<router::Command> drained_;
  size_t next_command_ = 0;
  io::ReceiveBuffer receive_buffer_;
  SendBatch batch_;
  std::atomic<bool> stopping_{false};
  io::WakeEvent stop_;
  std::thread thread_;
};

}  // namespace conclave::app
