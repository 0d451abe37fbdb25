#include "manager/core/permissions.h"

#include "manager/core/object.h"

namespace syncmanager::manager {
namespace {

// No default: the compiler refuses a method that isn't listed (-Werror=switch).
Access access_of(const wire::RegistryOp& op) {
  using Op = wire::RegistryOp;
  switch (op.method_case()) {
    case Op::kOpen:
      return op.open().must_exist() ? Access::kRead : Access::kOpen;
    case Op::kAdopt:
    case Op::kForget:
    case Op::kList:
    case Op::kInspect:
    case Op::kStats:
    case Op::kPing:
    case Op::kSend:
      return Access::kRead;
    case Op::kDelete:
    case Op::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

}  // namespace

Access access_of(std::span<const TypeRow> catalog, const wire::Request& request) {
  if (request.has_registry()) return access_of(request.registry());
  for (const TypeRow& row : catalog) {
    if (row.op == request.op_case()) return row.access(request);
  }
  return Access::kWrite;
}

bool may_perform(Role role, Access access) {
  switch (role) {
    case Role::kReadOnly:
      return access == Access::kRead;
    case Role::kProduce:
      return access == Access::kRead || access == Access::kOpen || access == Access::kPut;
    case Role::kConsume:
      return access == Access::kRead || access == Access::kOpen || access == Access::kTake;
    case Role::kReadWrite:
    case Role::kAdmin:
      return true;
  }
  return false;
}

std::string denial(Role role) {
  switch (role) {
    case Role::kReadOnly:
      return "this key is read-only";
    case Role::kProduce:
      return "this key is for putting into queues and pools only";
    case Role::kConsume:
      return "this key is for taking from queues and pools only";
    case Role::kReadWrite:
    case Role::kAdmin:
      break;
  }
  return "this key has an unknown role";
}

}  // namespace syncmanager::manager
