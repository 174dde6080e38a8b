#include "http/client_failure.h"

#include <gtest/gtest.h>

namespace minato::http {
namespace {

TEST(ClientFailure, IsToldByItsSideAndFault) {
  const auto reason = [](Error error) { return client_write_failure(error).reason; };
  EXPECT_EQ(reason({Fault::reset, Side::downstream}), Reason::client_gone);
  EXPECT_EQ(reason({Fault::timed_out, Side::downstream}), Reason::client_too_slow);
  EXPECT_EQ(reason({Fault::too_large, Side::local}), Reason::upstream_malformed);
}

}  // namespace
}  // namespace minato::http
