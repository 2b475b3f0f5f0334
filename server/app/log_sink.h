// Where log lines go: standard error, with time and level; the journal adds the rest.
#pragma once

#include "app/config.h"

namespace conclave::app {

// Once, before any thread starts.
void StartLog(LogVerbosity verbosity);

}  // namespace conclave::app
