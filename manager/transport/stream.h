#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "manager/core/engine.h"
#include "manager/transport/spinner.h"
#include "protos/frame_tag.h"
#include "protos/handshake.h"
#include "protos/session.pb.h"

namespace syncmanager {

class Server;

// One gRPC stream: the handshake first, then the frames of one session.
//
//   stage     a hello     a proof     a frame     gone, over a limit   silent
//   kCalled   (the call has not come yet)
//   kHello    -> kProof   fails       fails       ends                 ends
//   kProof    fails       -> kOpen    fails       ends                 ends
//   kOpen     fails       fails       performed   loses its session    ends with its session
//   kEnding   not read any more: the last message is on its way
//
// A call of gRPC's health check is kHealth from its beginning, and ends with its one answer.
//
// "Fails" is a HandshakeError and the end of this stream alone. A lost session waits for its client
// to resume it over another stream; one over a unix socket ends. At most one read, and one write or
// finish, are under way; what becomes ready meanwhile leaves in the next write.
//
// Lives from the waiting for a call until is_over(); the Server destroys it then. Only the Server's
// thread comes here.
class Stream {
 public:
  enum class Event : uint8_t { kCalled, kRead, kWritten, kFinished };
  // What the completion queue gives back.
  struct Tag {
    Stream* stream;
    Event event;
  };

  // Waits for a call. REQUIRES: the server outlives it.
  Stream(Server& server, grpc::AsyncGenericService& service, grpc::ServerCompletionQueue& queue);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void on_event(Event event, bool ok);
  // Writes what the session has to say, unless a write is under way: then it leaves after that.
  void pump();
  // Waits for the next message, if that may come now. After the answers to the last one have left:
  // gRPC tells the client at once that there is room again, and alone that would wake it for
  // nothing.
  void read_on();
  // Performs the next share of a long frame. Whether more is left.
  bool go_on();
  // Time has come to `now`: ends what took too long.
  void on_time(Time now);
  // When on_time() has something to do at the latest; kNever if nothing.
  Time deadline() const { return deadline_; }
  // The session goes on over another stream, and not over this one.
  void fence();
  // Ends the stream and tells the client why. Its session, if it has one, is lost; SESSION_ENDED
  // and DRAINING end it.
  void fail(wire::HandshakeError::Code code, std::string_view message);

  // Whether the call has come; before that nobody is at the other end.
  bool is_called() const { return stage_ != Stage::kCalled; }
  // Whether all that was said has left.
  bool is_flushed() const { return !writing_; }
  // Whether nothing is under way and nothing will be.
  bool is_over() const { return over_ && !reading_ && !writing_; }

 private:
  enum class Stage : uint8_t { kCalled, kHealth, kHello, kProof, kOpen, kEnding };

  void on_called(bool ok);
  void on_read(bool ok);
  void on_written(bool ok);

  void receive();
  void answer_health();
  void on_hello(std::string_view bytes);
  void on_proof(std::string_view bytes);
  void on_frame(std::string_view encoded);
  absl::Status open_session(const Agreement& agreed);
  absl::Status resume_session(const Agreement& agreed);
  void perform(wire::ClientBatch& batch);
  void leave();

  void write(const grpc::ByteBuffer& message);
  void finish(std::optional<grpc::ByteBuffer> last, grpc::Status status);
  void finish_now();
  bool excuse_silence(Time now);
  void lose_session();
  void end_session(bool goodbye);
  // Ends a session whose client doesn't read. False if it did.
  bool check_limits(uint64_t unsent, uint64_t unacknowledged);

  Server& server_;
  grpc::GenericServerContext call_;  // gRPC's name for what belongs to one call.
  grpc::GenericServerAsyncReaderWriter messages_{&call_};
  Tag called_{this, Event::kCalled}, read_{this, Event::kRead}, written_{this, Event::kWritten},
      finished_{this, Event::kFinished};
  grpc::ByteBuffer incoming_;

  Stage stage_ = Stage::kCalled;
  bool reading_ = false, writing_ = false, over_ = false;
  bool broken_ = false;  // A write failed: nothing can be said any more.
  bool is_unix_ = false;
  std::string peer_;

  std::unique_ptr<ServerHandshake> handshake_;  // Until it is done.
  std::optional<FrameTagger> from_client_, to_client_;
  bool confirmed_ = false;     // A frame has shown that the client knows these keys.
  SessionNumber session_ = 0;  // 0: none.
  Duration timeout_{};
  size_t max_frame_ = 0;

  std::unique_ptr<wire::ClientBatch> rest_;  // Of a long frame: what is performed in later turns,
  int next_ = 0;                             // from this request on.
  Sent sent_;                                // What was written of the session's output,
  uint64_t sent_bytes_ = 0;                  // and how many of its emitted_bytes().
  bool has_more_ = false;
  uint64_t heartbeat_ = 0;  // Owed to the client if not 0.
  Time deadline_ = kNever;
  bool excused_ = false;  // When it was silent the last time.
  Spinner::Mark mark_;

  // Of the handshake: leaves after the write under way.
  std::optional<grpc::ByteBuffer> held_back_;
  std::optional<grpc::ByteBuffer> last_;  // Leaves with the status.
  grpc::Status status_;
};

}  // namespace syncmanager
