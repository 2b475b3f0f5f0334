// The datagrams between OpenSSL and us, and the hold on OpenSSL's retransmission timer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "transport/openssl_ptr.h"

struct timeval;

namespace conclave::transport {

// One per association. OpenSSL reads the datagram that was given last, and each of its writes is
// one datagram.
//
// OpenSSL 3.0 compares its retransmission timer with the wall clock, on every read. To run on our
// time instead, the BIO is told of each new deadline by a pointer to it
// (BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT): it moves the deadline out of reach at once, and into the past
// when ours is due. OpenSSL 3.2 passes a copy, so there the timer callback's interval (TimerFloor)
// runs on the wall clock and ours only delays it.
class DtlsBio {
 public:
  DtlsBio();
  DtlsBio(const DtlsBio&) = delete;
  DtlsBio& operator=(const DtlsBio&) = delete;

  // Makes a BIO over this object, which must outlive it. `method` comes from MakeMethod.
  BIO* MakeBio(BIO_METHOD* method);
  static OpenSslPtr<BIO_METHOD> MakeMethod();
  // For DTLS_set_timer_cb.
  static unsigned int TimerInterval(SSL* ssl, unsigned int previous_us);

  // The next reads return this; the bytes must stay until ClearInput.
  void SetInput(std::span<const uint8_t> datagram) { input_ = datagram; }
  void ClearInput() { input_ = {}; }
  // What was written since the last ClearOutput, one after the other.
  size_t output_count() const { return output_ends_.size(); }
  std::span<const uint8_t> output(size_t index) const;
  void ClearOutput();

  // Whether OpenSSL has a flight outstanding that wants retransmission.
  bool timer_armed() const { return timer_armed_; }
  // How many times OpenSSL armed its timer: a change means a new flight or a retransmission.
  uint64_t timer_starts() const { return timer_starts_; }
  // Makes the next DTLSv1_handle_timeout retransmit.
  void ExpireTimer();

 private:
  static int Write(BIO* bio, const char* bytes, int size);
  static int Read(BIO* bio, char* bytes, int size);
  static long Control(BIO* bio, int command, long number, void* pointer);
  void OnTimer(timeval* deadline);

  std::span<const uint8_t> input_;
  std::vector<uint8_t> output_;
  std::vector<size_t> output_ends_;
  // OpenSSL's own, inside its SSL object.
  timeval* deadline_ = nullptr;
  bool deadline_is_shared_;
  bool timer_armed_ = false;
  uint64_t timer_starts_ = 0;
};

}  // namespace conclave::transport
