// Raw deflate (RFC 1951), as CompressionStream("deflate-raw") writes it. Offers and answers travel
// so (decisions 22).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace conclave::signal {

// Never writes more than `inflated_bytes_max`, whatever the input claims. Input that is damaged,
// cut short, followed by other bytes, or larger when inflated is an error.
Result<std::string> Inflate(std::span<const uint8_t> deflated, size_t inflated_bytes_max);

std::string Deflate(std::string_view text);

}  // namespace conclave::signal
