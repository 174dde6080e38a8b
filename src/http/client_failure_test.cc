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

TEST(ClientFailure, IsWhatTheExchangeComesToWhoseLastWriteFailed) {
  EXPECT_TRUE(outcome_of_write({}));
  const auto outcome = outcome_of_write(std::unexpected(Error{Fault::reset, Side::downstream}));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, Reason::client_gone);
}

}  // namespace
}  // namespace minato::http
