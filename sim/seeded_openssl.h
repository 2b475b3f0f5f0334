// OpenSSL draws from a seed: certificates, handshakes, and so the keys and ciphertexts of SRTP.
// With its own randomness two runs of a seed differ in the length of a signature, which a narrow
// link makes a difference of time.
#pragma once

#include <cstdint>

namespace conclave::sim {

// From now on, for the whole process; call again to begin anew. Worlds that draw in turns share one
// stream: only a run that is alone repeats to the byte. OpenSSL's randomness does not come back.
void SeedOpenSsl(uint64_t seed);

}  // namespace conclave::sim
