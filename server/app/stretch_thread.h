// Stretches passcodes beside the control thread, which would serve nobody meanwhile.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "io/mailbox.h"
#include "signal/control_plane.h"
#include "signal/passcode.h"

namespace conclave::app {

struct Stretched {
  uint64_t job = 0;
  // nullopt: there was no memory for it.
  std::optional<signal::PasscodeKey> key;
};

class StretchThread {
 public:
  StretchThread();
  // Stops the thread and waits for it; what was not done yet is dropped.
  ~StretchThread();
  StretchThread(const StretchThread&) = delete;
  StretchThread& operator=(const StretchThread&) = delete;

  // From the control thread; the control plane's rate bounds how many wait.
  void Push(signal::StretchPasscode job);
  // Readable when there are results.
  int fd() const { return results_.fd(); }
  // Moves the results into `out`, which must be empty.
  void Drain(std::vector<Stretched>& out) { results_.Drain(out); }

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<signal::StretchPasscode> jobs_;
  bool stopping_ = false;
  // More than can wait: the rate of the control plane is what the control thread drains.
  io::Mailbox<Stretched> results_{1024};
  std::thread thread_;
};

}  // namespace conclave::app
