// What systemd wants to hear from a service of Type=notify (sd_notify(3)), without its library.
#pragma once

#include <string_view>

#include "base/time.h"

namespace conclave::io {

// Sends "READY=1", "STOPPING=1" or "WATCHDOG=1" to the socket that NOTIFY_SOCKET names. Does
// nothing when nobody asked for it.
void NotifyServiceManager(std::string_view state);

// How often "WATCHDOG=1" must be sent so that the service is not restarted: half of the time that
// WATCHDOG_USEC allows. Infinite when there is no watchdog, or it watches another process.
Duration WatchdogInterval();

}  // namespace conclave::io
