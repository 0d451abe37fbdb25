#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace syncmanager {

// A call that failed. what() begins with the object and the operation:
//   queue "jobs": put: the manager closed the connection
// An outcome that a correct program has to expect is a value and no Error: a timeout is false or
// nullopt, and a missing key is nullopt, or std::out_of_range from at().
class Error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Misuse that the object refused: the release of what isn't held, a value it can't take.
class Refused : public Error {
  using Error::Error;
};

// The barrier is broken: somebody timed out, died, or called abort().
class BrokenBarrier : public Refused {
  using Refused::Refused;
};

// The queue was shut down.
class ShutDown : public Refused {
  using Refused::Refused;
};

// The object is gone, was never there, or isn't this client's.
class NoSuchObject : public Error {
  using Error::Error;
};

// The object or the value is of another type, or the name exists with other options.
class WrongType : public Error {
  using Error::Error;
};

// The key isn't known to the manager, or the manager doesn't have the key that it should.
class AuthenticationFailed : public Error {
  using Error::Error;
};

// There is no manager to talk to: nobody answers, this client was closed, or this process was
// forked from the one that made the client.
class Disconnected : public Error {
  using Error::Error;
};

// A Client couldn't be made, because no manager answers at the address. code() is
//   std::errc::connection_refused         nobody listens there, or the unix socket is stale
//   std::errc::no_such_file_or_directory  there is no unix socket at the path
//   std::errc::permission_denied          the unix socket belongs to another user
//   std::errc::timed_out                  nothing answers
//   std::errc::connection_reset           the connection is ended: the manager is full or about to
//                                         end, or another program listens there
//   std::errc::protocol_error             another program listens there
//   an error of the category "getaddrinfo"  the host can't be resolved
// or another error of the system's connect().
class ConnectFailed : public Disconnected {
 public:
  ConnectFailed(const std::string& what, std::error_code code) : Disconnected(what), code_(code) {}

  const std::error_code& code() const { return code_; }

 private:
  std::error_code code_;
};

// A manager of one's own can't be started, because another program listens at its address.
class AddressInUse : public Error {
  using Error::Error;
};

// The session is over with all that it held: the manager has ended or was started anew, or nothing
// could bring the connection back within the session timeout. What was under way may have been done
// or not. Every further call of this client throws it; a new Client is a new session.
class SessionLost : public Disconnected {
  using Disconnected::Disconnected;
};

// The manager is ending and lets nobody wait any more.
class Draining : public Disconnected {
  using Disconnected::Disconnected;
};

// The grant of a lock that a call depends on is over: somebody else may hold it. Nothing was done.
class LockLost : public Error {
  using Error::Error;
};

// The lock was granted, and its holder before had died: what it guards may be half done. Thrown
// only where LockOptions asks for it; the lock isn't held then.
class LockAbandoned : public Error {
  using Error::Error;
};

// A limit of the manager; the message names it. Nothing was changed.
class LimitExceeded : public Error {
  using Error::Error;
};

// The key's role or prefix doesn't allow it.
class PermissionDenied : public Error {
  using Error::Error;
};

// A name, an option or a value that no manager accepts; the message says what was expected.
class InvalidArgument : public Error {
  using Error::Error;
};

// The result of a call that was cancelled.
class Cancelled : public Error {
  using Error::Error;
};

// The function of a Pool's task raised an exception, or couldn't be called.
class TaskFailed : public Error {
 public:
  TaskFailed(const std::string& what, std::string type, std::string message, std::string traceback)
      : Error(what),
        type_(std::move(type)),
        message_(std::move(message)),
        traceback_(std::move(traceback)) {}

  const std::string& type() const { return type_; }  // Of the exception: "std::runtime_error".
  const std::string& message() const { return message_; }
  // As the worker's language prints it; C++ has none.
  const std::string& traceback() const { return traceback_; }

 private:
  std::string type_, message_, traceback_;
};

// As many workers died with a Pool's task as it had attempts. The pool keeps it among its dead
// tasks; what() says how to put it back.
class WorkerLost : public Error {
 public:
  WorkerLost(const std::string& what, uint64_t task, std::vector<std::string> workers)
      : Error(what), task_(task), workers_(std::move(workers)) {}

  uint64_t task() const { return task_; }  // Its number in the pool, for Pool::retry.
  // The names of those that died with it, the first one first.
  const std::vector<std::string>& workers() const { return workers_; }

 private:
  uint64_t task_;
  std::vector<std::string> workers_;
};

}  // namespace syncmanager
