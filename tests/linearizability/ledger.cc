#include "tests/linearizability/ledger.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>

#include "protos/support/str_cat.h"

namespace syncmanager::linearizability {
namespace {

void require(bool done, const char* what) {
  if (!done) throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

void Ledger::clear() {
  lost = false;
  for (auto& rounds : lanes) {
    for (auto& threads : rounds) {
      for (Lane& lane : threads) lane.begun = lane.done = 0;
    }
  }
}

SharedLedger::SharedLedger() : file_(::memfd_create("ledger", MFD_CLOEXEC)) {
  require(file_ >= 0 && ::ftruncate(file_, sizeof(Ledger)) == 0, "memfd");
  path_ = str_cat("/proc/", ::getpid(), "/fd/", file_);
  map();
  new (ledger_) Ledger();
}

SharedLedger::SharedLedger(const std::string& path)
    : file_(::open(path.c_str(), O_RDWR | O_CLOEXEC)), path_(path) {
  require(file_ >= 0, path.c_str());
  map();
}

SharedLedger::~SharedLedger() {
  ::munmap(ledger_, sizeof(Ledger));
  ::close(file_);
}

void SharedLedger::map() {
  void* const memory =
      ::mmap(nullptr, sizeof(Ledger), PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
  require(memory != MAP_FAILED, "mmap");
  ledger_ = static_cast<Ledger*>(memory);
}

}  // namespace syncmanager::linearizability
