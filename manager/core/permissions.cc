#include "manager/core/permissions.h"

#include <algorithm>

namespace syncmanager::manager {
namespace {

Access access_of(const wire::RegistryOp& op) {
  switch (op.method_case()) {
    case wire::RegistryOp::kOpen:
      return op.open().must_exist() ? Access::kRead : Access::kOpen;
    case wire::RegistryOp::kDelete:
      return Access::kWrite;
    case wire::RegistryOp::kAdopt:
    case wire::RegistryOp::kSend:
    case wire::RegistryOp::kForget:
    case wire::RegistryOp::kList:
    case wire::RegistryOp::kInspect:
    case wire::RegistryOp::kStats:
    case wire::RegistryOp::kPing:
    case wire::RegistryOp::METHOD_NOT_SET:
      break;
  }
  return Access::kRead;
}

Access access_of(const wire::Request& request, std::span<const TypeRow> catalog) {
  if (request.has_registry()) return access_of(request.registry());
  const auto row = std::ranges::find(catalog, request.op_case(), &TypeRow::op);
  return row == catalog.end() ? Access::kWrite : row->access(request);
}

}  // namespace

bool may_perform(Role role, const wire::Request& request, std::span<const TypeRow> catalog) {
  if (role == Role::kAdmin || role == Role::kReadWrite) return true;
  const Access access = access_of(request, catalog);
  switch (role) {
    case Role::kReadOnly:
      return access == Access::kRead;
    case Role::kProduce:
      return access == Access::kRead || access == Access::kOpen || access == Access::kPut;
    case Role::kConsume:
      return access == Access::kRead || access == Access::kOpen || access == Access::kTake;
    case Role::kReadWrite:
    case Role::kAdmin:
      break;
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
