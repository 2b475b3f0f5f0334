#include "transport/dtls_bio.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "base/check.h"
#include "base/datagram.h"

namespace conclave::transport {
namespace {

// A second in the past and one that no process sees (in the year 36812).
constexpr int64_t kPastSeconds = 1;
constexpr int64_t kNeverSeconds = int64_t{1} << 40;
// OpenSSL 3.2 and later copy the deadline before they tell the BIO.
constexpr unsigned long kDeadlineCopiedSince = 0x30200000;
// Below every interval of ours, so that where OpenSSL's timer runs by itself it is due when ours
// is.
constexpr unsigned int kTimerIntervalUs = 80'000;
// One flight: a chain of certificates in fragments. More is dropped like by a network.
constexpr size_t kMaxOutputDatagrams = 32;

DtlsBio& Self(BIO* bio) { return *static_cast<DtlsBio*>(BIO_get_data(bio)); }

}  // namespace

DtlsBio::DtlsBio() : deadline_is_shared_(OpenSSL_version_num() < kDeadlineCopiedSince) {}

OpenSslPtr<BIO_METHOD> DtlsBio::MakeMethod() {
  OpenSslPtr<BIO_METHOD> method(
      BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams"));
  CHECK(method != nullptr);
  BIO_meth_set_write(method.get(), &DtlsBio::Write);
  BIO_meth_set_read(method.get(), &DtlsBio::Read);
  BIO_meth_set_ctrl(method.get(), &DtlsBio::Control);
  return method;
}

BIO* DtlsBio::MakeBio(BIO_METHOD* method) {
  BIO* bio = BIO_new(method);
  CHECK(bio != nullptr);
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

unsigned int DtlsBio::TimerInterval(SSL*, unsigned int) { return kTimerIntervalUs; }

std::span<const uint8_t> DtlsBio::output(size_t index) const {
  const size_t begin = index == 0 ? 0 : output_ends_[index - 1];
  return std::span(output_).subspan(begin, output_ends_[index] - begin);
}

void DtlsBio::ClearOutput() {
  output_.clear();
  output_ends_.clear();
}

int DtlsBio::Write(BIO* bio, const char* bytes, int size) {
  DtlsBio& self = Self(bio);
  if (size <= 0) return 0;
  const auto count = static_cast<size_t>(size);
  if (self.output_ends_.size() < kMaxOutputDatagrams && count <= kMaxDatagramBytes) {
    self.output_.insert(self.output_.end(), bytes, bytes + size);
    self.output_ends_.push_back(self.output_.size());
  }
  return size;
}

int DtlsBio::Read(BIO* bio, char* bytes, int size) {
  DtlsBio& self = Self(bio);
  BIO_clear_retry_flags(bio);
  if (self.input_.empty() || size <= 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  // As recv does: what does not fit is lost.
  const size_t count = std::min(self.input_.size(), static_cast<size_t>(size));
  std::copy_n(self.input_.begin(), count, bytes);
  self.input_ = {};
  return static_cast<int>(count);
}

long DtlsBio::Control(BIO* bio, int command, long, void* pointer) {
  // Of IPv6 and UDP, so that a record of the link's MTU fits either way.
  constexpr long kIpOverhead = 48;
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD:
      return kIpOverhead;
    case BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT:
      Self(bio).OnTimer(static_cast<timeval*>(pointer));
      return 1;
    default:
      return 0;
  }
}

void DtlsBio::OnTimer(timeval* deadline) {
  timer_armed_ = deadline->tv_sec != 0 || deadline->tv_usec != 0;
  if (timer_armed_) ++timer_starts_;
  if (!deadline_is_shared_) return;
  deadline_ = deadline;
  if (timer_armed_) deadline_->tv_sec = kNeverSeconds;
}

void DtlsBio::ExpireTimer() {
  if (timer_armed_ && deadline_ != nullptr) deadline_->tv_sec = kPastSeconds;
}

}  // namespace conclave::transport
