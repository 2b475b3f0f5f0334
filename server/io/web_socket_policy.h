// Who may open the WebSocket: a pure function of the request's headers.
#pragma once

#include <span>
#include <string>
#include <string_view>

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

UpgradeVerdict JudgeUpgrade(const UpgradeRequest& request,
                            std::span<const std::string> allowed_origins);

}  // namespace conclave::io
