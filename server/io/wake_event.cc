#include "io/wake_event.h"

#include <sys/eventfd.h>

#include "base/check.h"

namespace conclave::io {

WakeEvent::WakeEvent() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  // Made at start-up only; without it the process cannot work at all.
  CHECK(fd_.valid());
}

void WakeEvent::Signal() { CHECK(eventfd_write(fd_.get(), 1) == 0); }

void WakeEvent::Clear() {
  eventfd_t count = 0;
  // EAGAIN: nobody signalled.
  (void)eventfd_read(fd_.get(), &count);
}

}  // namespace conclave::io
