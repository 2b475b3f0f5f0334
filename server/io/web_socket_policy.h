// Who may open the WebSocket: a pure function of the request's headers.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/socket_address.h"

namespace conclave::io {

enum class UpgradeVerdict {
  kAccept,
  // Not /signal.
  kNotFound,
  // The page belongs to another site (cross-site WebSocket hijacking).
  kForeignOrigin,
  // The client did not offer our subprotocol.
  kWrongProtocol,
};

struct UpgradeRequest {
  std::string_view target;
  std::string_view host;
  // Empty when the header is absent: not a browser, so nobody's page can be behind it.
  std::string_view origin;
  std::string_view protocols;
};

// Whose connection it is, as far as it can be known: `peer`, unless that is this machine and a
// proxy on it says whom it speaks for. Of what it says only the last address counts, which the
// proxy itself has added; whatever stands before it is the client's word.
IpAddress ClientAddress(const IpAddress& peer, std::string_view forwarded_for);

UpgradeVerdict JudgeUpgrade(const UpgradeRequest& request,
                            std::span<const std::string> allowed_origins);

}  // namespace conclave::io
