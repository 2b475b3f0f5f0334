// Sockets of another network namespace: what opens there stays there, whoever uses it.
#pragma once

#include <functional>
#include <string>

namespace conclave::impair {

// Runs `open` inside the namespace that `ip netns add NAME` made; an empty name is our own. Ends
// the program with a word on stderr where that is not possible.
void InNamespace(const std::string& name, const std::function<void()>& open);

}  // namespace conclave::impair
