// TWCC: the arrivals that a feedback tells of, written again, are told of again, to the tick.
#include <algorithm>
#include <vector>

#include "fuzz/oracle.h"
#include "wire/rtcp.h"
#include "wire/twcc.h"

namespace conclave::wire {
namespace {

std::vector<TwccArrival> Arrivals(const TwccFeedback& feedback,
                                  const std::vector<TwccStatus>& statuses) {
  std::vector<TwccArrival> arrivals;
  int64_t sequence = feedback.base_sequence;
  Instant now = Instant::FromMicros(feedback.reference_time.us());
  for (const TwccStatus& status : statuses) {
    CHECK(status.sequence == static_cast<uint16_t>(sequence));
    if (status.received) {
      now = now + status.delta;
      arrivals.push_back({sequence, now});
    }
    ++sequence;
  }
  return arrivals;
}

void CheckRoundTrip(const TwccFeedback& feedback, const std::vector<TwccArrival>& arrivals) {
  // 32768 deltas of two bytes and as many symbols of two bits, with room to spare.
  static std::vector<uint8_t> buffer(128 * 1024);
  ByteWriter writer(buffer);
  const TwccTarget target = {1, 2, feedback.feedback_count, feedback.base_sequence};
  CHECK(WriteTwcc(target, arrivals, writer) == arrivals.size());
  auto compound = ParseRtcp(writer.written());
  CHECK(compound);
  const auto block = compound->Next();
  CHECK(block && std::holds_alternative<RtcpTwcc>(*block));
  std::vector<TwccStatus> statuses;
  const auto again = ParseTwcc(std::get<RtcpTwcc>(*block).body, statuses);
  CHECK(again && again->feedback_count == feedback.feedback_count);
  const auto arrivals_again = Arrivals(*again, statuses);
  CHECK(arrivals_again.size() == arrivals.size());
  // The reference time may have wrapped: only differences are compared.
  const Duration shift = arrivals_again[0].arrival - arrivals[0].arrival;
  for (size_t i = 0; i < arrivals.size(); ++i) {
    CHECK(arrivals_again[i].sequence == arrivals[i].sequence);
    CHECK(arrivals_again[i].arrival - arrivals[i].arrival == shift);
  }
}

void Run(fuzz::Input input) {
  std::vector<TwccStatus> statuses;
  const auto feedback = ParseTwcc(input, statuses);
  if (!feedback) {
    CHECK(statuses.empty());
    return;
  }
  CHECK(!statuses.empty() && statuses.size() <= kTwccStatusesMax);
  const auto arrivals = Arrivals(*feedback, statuses);
  if (!arrivals.empty()) CheckRoundTrip(*feedback, arrivals);
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({data, size});
  return 0;
}
