#include "app/stretch_thread.h"

#include <utility>

#include "base/check.h"

namespace conclave::app {

StretchThread::StretchThread() : thread_([this] { Run(); }) {}

StretchThread::~StretchThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void StretchThread::Push(signal::StretchPasscode job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void StretchThread::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const signal::StretchPasscode job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    std::vector<Stretched> done{{job.job, signal::Stretch(job.passcode, job.salt)}};
    CHECK(results_.Push(done));
    lock.lock();
  }
}

}  // namespace conclave::app
