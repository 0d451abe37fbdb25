#include "client/cpp/src/session/server_batch.h"

#include <string>
#include <utility>

#include "protos/fields.h"
#include "protos/session.pb.h"

namespace syncmanager {
namespace {

class Reader {
 public:
  Reader(PendingCalls& pending, Outbox& outbox, Aftermath& aftermath)
      : pending_(pending), outbox_(outbox), aftermath_(aftermath) {}

  // Each returns whether what it reads makes sense.
  bool read(std::string_view encoded, FrameCodec& codec) {
    FieldReader fields(encoded);
    Field field;
    while (fields.next(field)) {
      switch (field.number) {
        case wire::ServerBatch::kRepliesFieldNumber:
          if (!read_reply(field.bytes, nullptr)) return false;
          break;
        case wire::ServerBatch::kNoticesFieldNumber:
          ++batch_.outputs;
          break;
        case wire::ServerBatch::kHeartbeatFieldNumber:
          batch_.heartbeat = true;
          break;
        case wire::ServerBatch::kPartFieldNumber:
          if (!read_part(field.bytes, codec)) return false;
          break;
        default:
          break;
      }
    }
    return !fields.malformed();
  }

  const ServerBatch& batch() const { return batch_; }

 private:
  // The answer takes the memory of `whole`, of which the reply is a part, unless that is null.
  bool read_reply(std::string_view reply, std::string* whole) {
    const uint64_t id = pending_.answer(reply, whole, aftermath_);
    if (id == 0) return false;
    outbox_.answered(id);
    ++batch_.outputs;
    return true;
  }

  // A batch that comes in parts is one reply.
  bool read_part(std::string_view part, FrameCodec& codec) {
    if (!codec.add_part(part)) return false;
    std::optional<std::string> whole = codec.take_whole();
    if (!whole) return true;
    FieldReader fields(*whole);
    Field reply;
    return fields.next(reply) && reply.number == wire::ServerBatch::kRepliesFieldNumber &&
           read_reply(reply.bytes, &*whole);
  }

  PendingCalls& pending_;
  Outbox& outbox_;
  Aftermath& aftermath_;
  ServerBatch batch_;
};

}  // namespace

std::optional<ServerBatch> read_batch(std::string_view batch, FrameCodec& codec,
                                      PendingCalls& pending, Outbox& outbox, Aftermath& aftermath) {
  Reader reader(pending, outbox, aftermath);
  if (!reader.read(batch, codec)) return std::nullopt;
  return reader.batch();
}

}  // namespace syncmanager
