// Randomness from the kernel: what ids, credentials and tokens of the running server are made of.
#pragma once

#include <cstdint>
#include <span>

#include "base/random.h"

namespace conclave::io {

// getrandom(2). Has no state, so every thread may have its own or share one.
class KernelRandom final : public Random {
 public:
  void Fill(std::span<uint8_t> out) override;
};

}  // namespace conclave::io
