// An encoded body (encode.h) that all members of a room keep for a resume: the text is there once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace conclave::signal {

// A counted reference. The count is not atomic: references never leave the thread of the control
// plane.
class SharedBody {
 public:
  SharedBody() = default;
  explicit SharedBody(std::string_view text) : body_(new Body{std::string(text)}) {}
  SharedBody(const SharedBody& other) : body_(other.body_) {
    if (body_) ++body_->references;
  }
  SharedBody(SharedBody&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  SharedBody& operator=(SharedBody other) noexcept {
    std::swap(body_, other.body_);
    return *this;
  }
  ~SharedBody() {
    if (body_ && --body_->references == 0) delete body_;
  }

  // Empty where nothing is referred to.
  std::string_view text() const { return body_ ? std::string_view(body_->text) : ""; }

 private:
  struct Body {
    const std::string text;
    uint32_t references = 1;
  };
  Body* body_ = nullptr;
};

}  // namespace conclave::signal
