#include "app/hash_passcode.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "conference/limits.h"
#include "signal/passcode.h"
#include "signal/passcode_text.h"

namespace conclave::app {
namespace {

// What is typed on a terminal is not shown while this lives.
class Unseen {
 public:
  Unseen() {
    if (!active_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    std::fputs("Passcode: ", stderr);
  }
  ~Unseen() {
    if (!active_) return;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputc('\n', stderr);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  termios before_{};
  // False where the input is no terminal.
  const bool active_ = tcgetattr(STDIN_FILENO, &before_) == 0;
};

}  // namespace

Result<std::string> HashPasscode(std::string_view passcode, Random& random) {
  if (passcode.empty()) return Error{"no passcode; give it as a line of the standard input"};
  if (passcode.size() > conference::kPasscodeBytesMax) {
    return Error{"passcode: " + std::to_string(passcode.size()) + " of at most " +
                 std::to_string(conference::kPasscodeBytesMax) + " bytes"};
  }
  signal::Passcode out;
  random.Fill(out.salt);
  const auto key = signal::Stretch(passcode, out.salt);
  if (!key) return Error{"no memory left to stretch the passcode; 19 MiB are needed"};
  out.key = *key;
  return signal::ToText(out);
}

std::string ReadPasscode() {
  const Unseen unseen;
  // What does not fit is too long for a passcode as well.
  std::array<char, 512> line;
  if (std::fgets(line.data(), line.size(), stdin) == nullptr) return "";
  std::string text(line.data());
  text.erase(text.find_last_not_of("\r\n") + 1);
  return text;
}

}  // namespace conclave::app
