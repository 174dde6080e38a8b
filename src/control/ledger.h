// Writes down what happens on the connections of one worker: counters, the access log, and what the
// program log should know of exchanges that failed.
#pragma once

#include <vector>

#include "connection/front.h"
#include "control/quota.h"
#include "observe/access_log.h"
#include "observe/counters.h"
#include "observe/log.h"
#include "observe/throttle.h"
#include "runtime/loop.h"

namespace minato::control {

/// Thread: the worker's.
class Ledger final : public connection::Witness {
 public:
  struct Parts {
    runtime::Loop& loop;
    observe::Log& log;
    observe::AccessLog& access_log;
    observe::Counters& counters;
    Quota& quota;
    SlotNews& slots;
  };
  Ledger(const Parts& parts, unsigned worker);

  void connection_opened() override;
  void connection_closed() override;
  void exchange_began() override;
  void exchange_ended(const connection::ExchangeEnd& end) override;

 private:
  void count(const connection::ExchangeEnd& end);
  void say_why(const connection::ExchangeEnd& end);
  void write_access(const connection::ExchangeEnd& end);
  void flush();

  Parts parts_;
  std::vector<observe::Throttle> said_;  // one a kind of trouble
  observe::AccessLogger access_;
  runtime::TimerOf<Ledger, &Ledger::flush> flush_;
};

}  // namespace minato::control
