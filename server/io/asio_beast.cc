// The non-template parts of Boost.Asio and Boost.Beast, compiled here only (compile budget).
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
