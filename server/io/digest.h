// Digests and Base64 for entity tags, Content-Security-Policy hashes and the list of the web
// client's files. Internal to io/.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace conclave::io {

std::array<uint8_t, 32> Sha256(std::string_view bytes);
std::array<uint8_t, 48> Sha384(std::string_view bytes);
// RFC 4648 section 4, with padding.
std::string Base64(std::span<const uint8_t> bytes);
// Lower case.
std::string Hex(std::span<const uint8_t> bytes);

}  // namespace conclave::io
