// Whose a datagram is: path -> participant. Learnt only from authenticated ICE checks (RFC 8445
// section 7.3), so a spoofed address never reaches DTLS or SRTP.
#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/datagram.h"
#include "router/participant_index.h"

namespace conclave::router {

// Open addressing with linear probing: one lookup per datagram, usually one cache line. It
// allocates only when it grows (when people join), never on a lookup.
class PathTable {
 public:
  // A client checks each of its candidates against each of our addresses; a few dozen is more than
  // any has, and the oldest goes where a hostile one makes more.
  static constexpr size_t kPathsPerParticipantMax = 32;

  PathTable();

  std::optional<ParticipantIndex> Find(const Path& path) const;
  // A path that somebody else had goes over to `participant`: an address and port behind a NAT are
  // used again, and the one who proves possession last is the one who is there now.
  void Insert(const Path& path, ParticipantIndex participant);
  void EraseParticipant(ParticipantIndex participant);
  // Whether anybody has a path from this address, whatever the port.
  bool KnowsAddress(const IpAddress& address) const { return addresses_.contains(address); }
  size_t size() const { return size_; }

 private:
  struct Entry {
    Path path;
    ParticipantIndex participant;
    bool used = false;
  };
  struct AddressHash {
    size_t operator()(const IpAddress& address) const noexcept {
      return SocketAddressHash{}({address, 0});
    }
  };

  size_t Home(const Path& path) const { return PathHash{}(path) & (entries_.size() - 1); }
  // The position of `path`, or of the free entry where it belongs.
  size_t Locate(const Path& path) const;
  void EraseAt(size_t position);
  void Grow();

  // A power of two, at most half full.
  std::vector<Entry> entries_;
  size_t size_ = 0;
  // Per participant its paths, oldest first.
  std::vector<std::vector<Path>> paths_;
  // How many paths each address has.
  std::unordered_map<IpAddress, uint32_t, AddressHash> addresses_;
};

}  // namespace conclave::router
