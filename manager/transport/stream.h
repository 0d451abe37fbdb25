#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "manager/core/engine.h"
#include "manager/transport/file_descriptor.h"
#include "manager/transport/peer.h"
#include "manager/transport/spinner.h"
#include "manager/transport/visitor.h"
#include "manager/transport/watched.h"
#include "protos/auth/frame_tag.h"
#include "protos/auth/secure_socket.h"
#include "protos/http2_stream.h"
#include "protos/session.pb.h"

namespace syncmanager::manager {

class Server;

// The connection of one session, from the proof of its key on: HTTP/2, and in it frames.
//
//   stage     a frame     the end, a broken rule, over a limit   silent
//   kOpen     performed   loses its session                      ends with its session
//   kEnding   not read any more: the last message is on its way, and then the client's end
//
// A lost session waits for its client to resume it over another stream; one over a unix socket
// ends. What becomes ready while something is still to be written leaves in the next write.
//
// Lives until is_over(); the Server destroys it then. Only the Server's thread comes here.
class Stream final : public Watched {
 public:
  // Takes over the connection of a visitor that has proved a key, for its session, which is new or
  // was resumed as was agreed. `first_bytes` leave first. REQUIRES: the server outlives it.
  Stream(Server& server, Visitor& visitor, SessionNumber session, std::string_view first_bytes);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void on_ready(uint32_t events) override;
  // Looks whether something has come, and takes it. Returns false if nothing has.
  bool receive();
  // Goes on with what has arrived and with what is to be written, after others had their turn.
  void go_on();
  // Writes what its session has to say, if nothing is still to be written.
  void pump();
  // Acts if its deadline has come.
  void on_time(Time now);
  Time deadline() const { return deadline_; }
  // The session was resumed over another stream.
  void fence();
  // Ends the stream with that as the last message. STREAM_ENDED loses the session; SESSION_ENDED
  // and DRAINING end it.
  void fail(wire::HandshakeError::Code code, std::string_view message);

  // Whether all that was said has left.
  bool is_flushed() const { return is_over() || !is_writing(); }
  bool is_over() const { return !descriptor_; }

 private:
  enum class Stage : uint8_t { kOpen, kEnding };

  bool is_writing() const { return !outgoing_.empty() || http2_.is_blocked(); }
  bool can_write() const { return !is_over() && http2_.is_open() && !is_writing(); }
  // Whether the client isn't listened to.
  bool is_deaf() const { return is_slow_ || rest_ != nullptr || http2_.has_rest(); }
  void take_messages();
  void take_message(std::string_view message);
  void take_frame(std::string_view encoded);
  void perform(wire::ClientBatch& batch);
  void perform_share();
  void leave();
  void await_turn();

  void write_frame(std::string_view body);
  void flush();
  // Watches the descriptor for what can be used now.
  void watch();

  void finish(int status, std::string_view message);
  void finish_sending();
  void close();
  bool excuse_silence(Time now);
  void lose_session();
  void end_session(bool goodbye);
  // Ends a session whose client doesn't read. False if it did.
  bool check_limits(uint64_t unsent, uint64_t unacknowledged);

  Server& server_;
  FileDescriptor descriptor_;
  SecureSocket socket_;
  const Peer peer_;
  const size_t max_frame_;
  Http2Stream http2_;
  std::string outgoing_;   // What the socket hadn't room for,
  size_t sent_of_it_ = 0;  // and how much of it has left.
  uint32_t watched_ = 0;   // The events that the descriptor is watched for.
  bool said_all_ = false;

  Stage stage_ = Stage::kOpen;
  std::optional<FrameTagger> from_client_, to_client_;
  bool confirmed_ = false;  // A frame has shown that the client knows these keys.
  SessionNumber session_;   // 0: it has none any more.
  const Duration timeout_;

  std::unique_ptr<wire::ClientBatch> rest_;  // Of a long frame: what is performed in later turns,
  int next_ = 0;                             // from this request on.
  int performed_ = 0;                        // Requests of this turn.
  bool awaits_turn_ = false;
  Sent sent_;                // What was written of the session's output,
  uint64_t sent_bytes_ = 0;  // and how many of its emitted_bytes().
  bool is_slow_ = false;     // It isn't listened to until it reads on.
  uint64_t heartbeat_ = 0;   // Owed to the client if not 0.
  Time deadline_ = kNever;
  Time forgiven_{};       // When the client was last forgiven what is no message.
  bool excused_ = false;  // When it was silent the last time.
  Spinner::Mark mark_;
};

}  // namespace syncmanager::manager
