// What EventLoop hides. Internal to io/.
#pragma once

#include <boost/asio/io_context.hpp>

#include "io/event_loop.h"

namespace conclave::io {

struct EventLoop::Impl {
  // One thread runs it: no strands and no locks in what lives here.
  boost::asio::io_context context{1};
};

}  // namespace conclave::io
