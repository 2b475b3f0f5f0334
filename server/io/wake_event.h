// An eventfd: one thread makes it readable, another sleeps on it in epoll.
#pragma once

#include "io/file_descriptor.h"

namespace conclave::io {

class WakeEvent {
 public:
  WakeEvent();
  // From any thread.
  void Signal();
  // After it the descriptor is readable only when Signal was called since.
  void Clear();
  int fd() const { return fd_.get(); }

 private:
  FileDescriptor fd_;
};

}  // namespace conclave::io
