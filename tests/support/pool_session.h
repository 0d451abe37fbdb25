#pragma once

#include <gtest/gtest.h>
#include <syncmanager/encoded_value.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/raw_stream.h"
#include "tests/support/requests.h"
#include "tests/support/test_server.h"

namespace syncmanager {

// A client that uses a pool, request by request: over the wire, and without the client library.
// Each request is answered before the next one. Destroyed, the session has died.
class PoolSession {
 public:
  // Finds the pool, or makes it.
  PoolSession(const TestServer& server, const std::string& client, const std::string& pool)
      : keys_(*KeyRing::load(server.key_file())), stream_(server.unix_address()) {
    EXPECT_TRUE(stream_.open(keys_.first(), false, client));
    wire::Request open;
    open.mutable_registry()->mutable_open()->set_name(pool);
    open.mutable_registry()->mutable_open()->mutable_pool();
    pool_ = ask(open).opened().object();
  }

  // A task for each function; a single worker may die with one. The outcome.
  wire::Outcome submit(const std::vector<std::string>& functions) {
    wire::Request request;
    for (const std::string& function : functions) {
      wire::Task& task = *request.mutable_pool()->mutable_submit()->add_tasks();
      task.set_ticket(++ticket_);
      task.set_function(function);
      task.set_arguments(ValueWriter().none().take());
    }
    return ask(request).outcome();
  }
  // REQUIRES: there is a task for these offers, or they are refused.
  wire::Outcome take(const std::vector<std::string>& offers) {
    wire::Request request;
    request.mutable_pool()->mutable_take()->set_most(1);
    for (const std::string& offer : offers) {
      request.mutable_pool()->mutable_take()->add_offers(offer);
    }
    return ask(request).outcome();
  }
  void finish(uint64_t task) {
    wire::Request request;
    auto& finished = *request.mutable_pool()->mutable_finish()->add_finished();
    finished.set_task(task);
    finished.set_value(ValueWriter().none().take());
    EXPECT_EQ(ask(request).outcome(), wire::OK);
  }
  wire::PoolState state() {
    wire::Request request;
    request.mutable_pool()->mutable_state();
    return ask(request).pool();
  }

 private:
  wire::Reply ask(wire::Request request) {
    request.set_id(++request_);
    if (request.has_pool()) request.set_object(pool_);
    EXPECT_TRUE(stream_.send_batch(batch_of({request})));
    const auto answered = stream_.receive_batch();
    if (answered && answered->replies_size() == 1) return answered->replies(0);
    ADD_FAILURE() << "no answer: " << request.ShortDebugString();
    return {};
  }

  KeyRing keys_;
  RawStream stream_;
  uint64_t pool_ = 0, request_ = 0, ticket_ = 0;
};

}  // namespace syncmanager
