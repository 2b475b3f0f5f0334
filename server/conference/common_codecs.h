// Which video codecs everybody in a room decodes, so that each publisher can choose what all of
// them can watch.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <optional>

#include "base/time.h"
#include "router/commands.h"

namespace conclave::conference {

// Video codecs, as bits of their router::CodecName.
class CodecSet {
 public:
  constexpr CodecSet() = default;
  constexpr CodecSet(std::initializer_list<router::CodecName> codecs) {
    for (const router::CodecName codec : codecs) Add(codec);
  }
  constexpr void Add(router::CodecName codec) { bits_ |= Bit(codec); }
  constexpr bool Has(router::CodecName codec) const { return (bits_ & Bit(codec)) != 0; }
  constexpr CodecSet And(CodecSet other) const { return CodecSet(bits_ & other.bits_); }
  constexpr bool operator==(const CodecSet&) const = default;

 private:
  explicit constexpr CodecSet(unsigned bits) : bits_(bits) {}
  static constexpr unsigned Bit(router::CodecName codec) {
    return 1U << static_cast<unsigned>(codec);
  }
  unsigned bits_ = 0;
};

// RFC 7742 section 5 has every browser decode it, so nobody can take it from a room by not naming
// it, and who names nothing decodes this.
inline constexpr CodecSet kAlwaysDecoded = {router::CodecName::kVp8};

// One per room; counts, so that whoever comes or goes costs the same in rooms of any size. Where
// somebody comes who decodes less, the set shrinks at once; it grows when it could have been larger
// for kCodecCalm, so that people who come and go do not make every encoder begin anew each time.
class CommonCodecs {
 public:
  void Join(Instant now, CodecSet decodes);
  // Requires that somebody joined with these.
  void Leave(Instant now, CodecSet decodes);

  // As a newcomer is told, and as the members were told or will be at the next Review.
  CodecSet current() const { return current_; }
  // The members have not been told of current().
  bool has_news() const { return has_news_; }
  // When Review may widen the set.
  Instant WidenAt() const { return widen_at_; }
  // What the members are to be told; nullopt where they know it.
  std::optional<CodecSet> Review(Instant now);

 private:
  // What is decoded by all who are in now.
  CodecSet Decoded() const;
  void Count(Instant now, CodecSet decodes, int by);

  static constexpr size_t kCodecs = static_cast<size_t>(router::CodecName::kAv1) + 1;
  std::array<int, kCodecs> decoders_{};
  int people_ = 0;
  CodecSet current_;
  bool has_news_ = false;
  Instant widen_at_ = Instant::Never();
};

}  // namespace conclave::conference
