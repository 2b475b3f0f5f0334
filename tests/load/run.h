// One run from the first join to the report.
#pragma once

#include "base/result.h"
#include "tests/load/report.h"
#include "tests/load/settings.h"

namespace conclave::load {

// Fails where it cannot even begin: no such host, no such media.
Result<RunResult> RunLoad(const Settings& settings);

}  // namespace conclave::load
