#include "conference/common_codecs.h"

#include <utility>

#include "base/check.h"
#include "conference/limits.h"

namespace conclave::conference {

CodecSet CommonCodecs::Decoded() const {
  CodecSet out;
  for (size_t i = 0; i < kCodecs; ++i) {
    if (people_ > 0 && decoders_[i] == people_) out.Add(static_cast<router::CodecName>(i));
  }
  return out;
}

void CommonCodecs::Count(Instant now, CodecSet decodes, int by) {
  const CodecSet before = Decoded();
  people_ += by;
  CHECK(people_ >= 0);
  for (size_t i = 0; i < kCodecs; ++i) {
    if (decodes.Has(static_cast<router::CodecName>(i))) decoders_[i] += by;
    CHECK(decoders_[i] >= 0);
  }
  const CodecSet decoded = Decoded();
  if (decoded != before) widen_at_ = now + kCodecCalm;
  if (people_ == 0 || decoded == current_) widen_at_ = Instant::Never();
}

void CommonCodecs::Join(Instant now, CodecSet decodes) {
  const bool is_first = people_ == 0;
  Count(now, decodes, 1);
  const CodecSet narrowed = is_first ? decodes : current_.And(decodes);
  if (narrowed == current_) return;
  current_ = narrowed;
  // Whoever is the first is told on joining.
  has_news_ = !is_first;
  if (Decoded() == current_) widen_at_ = Instant::Never();
}

void CommonCodecs::Leave(Instant now, CodecSet decodes) { Count(now, decodes, -1); }

std::optional<CodecSet> CommonCodecs::Review(Instant now) {
  if (now >= widen_at_) {
    widen_at_ = Instant::Never();
    has_news_ |= current_ != Decoded();
    current_ = Decoded();
  }
  if (!std::exchange(has_news_, false)) return std::nullopt;
  return current_;
}

}  // namespace conclave::conference
