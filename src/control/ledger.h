// Writes down what happens on the connections of one worker: counters and the access log.
#pragma once

#include "connection/front.h"
#include "control/quota.h"
#include "observe/access_log.h"
#include "observe/counters.h"
#include "runtime/loop.h"

namespace minato::control {

/// Thread: the worker's.
class Ledger final : public connection::Witness {
 public:
  struct Parts {
    runtime::Loop& loop;
    observe::AccessLog& access_log;
    observe::Counters& counters;
    Quota& quota;
    SlotNews& slots;
  };
  Ledger(const Parts& parts, unsigned worker);

  void connection_opened() override;
  void connection_closed() override;
  void exchange_ended(const connection::ExchangeEnd& end) override;

 private:
  void count(const connection::ExchangeEnd& end);
  void write_access(const connection::ExchangeEnd& end);
  void flush();

  Parts parts_;
  observe::AccessLogger access_;
  runtime::TimerOf<Ledger, &Ledger::flush> flush_;
};

}  // namespace minato::control
