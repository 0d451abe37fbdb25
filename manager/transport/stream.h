#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "manager/core/caller.h"
#include "manager/core/time.h"
#include "protos/frame_tag.h"
#include "protos/handshake.h"
#include "protos/session.pb.h"

namespace syncmanager {

class Server;
class Stream;

// What a completion queue gives back: which stream, and what has come to an end there.
struct Event {
  Stream* stream;
  void (Stream::*arrived)(bool ok);
};

// One gRPC stream: the handshake first, then frames into the session that it opened. It has one
// read and one write under way; everything that becomes ready meanwhile leaves in the next write.
//
//   state \ event   message               read failed        we close it
//   kHello          hello -> kProof       -> kClosed         error, -> kClosed
//   kProof          proof -> kOpen        -> kClosed         error, -> kClosed
//   kOpen           requests, cancels     end the session    end the session, error, -> kClosed
//   kClosed         dropped               -                  -
//
// All of it runs on the server's one thread. A stream makes itself with wait_for_client() and
// deletes itself when gRPC has given back the last of its events.
class Stream {
 public:
  // Waits for the next client on `server`'s queue.
  static void wait_for_client(Server& server);

  // Sends what the session has for its client, unless a write is under way: its end does it then.
  void pump();
  // Ends the stream and its session, telling the client why.
  void close(wire::HandshakeError::Code code, std::string_view reason);

  bool open() const { return state_ == State::kOpen; }
  SessionNumber session() const { return session_; }
  // Whether nothing is left to be written.
  bool flushed() const;
  // When it must have been heard of, kNever if it may be silent: the end of its handshake, or of
  // its session's timeout on TCP.
  Time silent_until() const { return silent_until_; }
  const std::string& peer() const { return peer_; }
  // Notes that it was heard of in this millisecond; false if that was known.
  bool heard_in(int64_t millisecond) { return std::exchange(heard_, millisecond) != millisecond; }

 private:
  enum class State { kWaiting, kHello, kProof, kOpen, kClosed };

  explicit Stream(Server& server);
  ~Stream();

  void on_client(bool ok);
  void on_read(bool ok);
  void on_written(bool ok);
  void on_finished(bool ok);

  void read();
  void write(const std::string& message);
  void finish();
  void leave(bool goodbye);
  void delete_if_done();

  void take(const grpc::ByteBuffer& bytes);
  void take_hello(const wire::ClientMessage& message);
  void take_proof(const wire::ClientMessage& message);
  void take_frame(const wire::ClientMessage& message);
  void refuse(const absl::Status& status);
  bool too_slow() const;
  uint64_t unsent_bytes() const;

  Server& server_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_{&context_};
  Event client_event_{this, &Stream::on_client};
  Event read_event_{this, &Stream::on_read};
  Event written_event_{this, &Stream::on_written};
  Event finished_event_{this, &Stream::on_finished};
  int under_way_ = 0;  // Events that gRPC owes us.

  State state_ = State::kWaiting;
  std::string peer_;
  bool local_ = false;  // A unix socket: its end is the kernel's word, and it needs no tags.
  Time silent_until_ = kNever;
  grpc::ByteBuffer incoming_;
  bool reading_ = false, writing_ = false, finishing_ = false;
  std::string last_words_;  // An error to be written before the end.

  std::optional<ServerHandshake> handshake_;
  std::optional<FrameTagger> incoming_tags_, outgoing_tags_;
  SessionNumber session_ = 0;
  Duration session_timeout_{};
  uint64_t sent_ = 0;        // Outputs of the session that were written.
  uint64_t sent_bytes_ = 0;  // Their bytes.
  uint64_t heartbeat_ = 0;   // To be repeated in the next frame.
  int64_t heard_ = -1;
  std::string body_;  // Kept for its capacity.
};

}  // namespace syncmanager
