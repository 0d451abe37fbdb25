// Functions of glibc that came after BASE (glibc.py), for programs that also run on older machines.
// Each is hidden: other libraries of the process have glibc's.

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#pragma GCC visibility push(hidden)

namespace {

// glibc's own function, if this machine's glibc has it.
template <typename Function>
Function* of_glibc(Function*, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_DEFAULT, name));
}

struct FoundObject {
  uintptr_t pc;
  dl_find_object* result;
};

// Fills the result if the program header table is that of the object that has the address.
int find_in(dl_phdr_info* object, size_t, void* of_search) {
  auto& search = *static_cast<FoundObject*>(of_search);
  uintptr_t begin = UINTPTR_MAX;
  uintptr_t end = 0;
  void* frames = nullptr;
  bool has_address = false;
  for (const ElfW(Phdr)* header = object->dlpi_phdr;
       header != object->dlpi_phdr + object->dlpi_phnum; ++header) {
    const uintptr_t at = object->dlpi_addr + header->p_vaddr;
    if (header->p_type == PT_LOAD) {
      begin = std::min(begin, at);
      end = std::max(end, at + header->p_memsz);
      has_address |= search.pc >= at && search.pc < at + header->p_memsz;
    } else if (header->p_type == PT_GNU_EH_FRAME) {
      frames = reinterpret_cast<void*>(at);
    }
  }
  if (!has_address || frames == nullptr) return 0;
  search.result->dlfo_map_start = reinterpret_cast<void*>(begin);
  search.result->dlfo_map_end = reinterpret_cast<void*>(end);
  search.result->dlfo_eh_frame = frames;
  return 1;
}

// The destructor of a thread-local object, and the one to call after it.
struct ThreadDestructor {
  void (*destroy)(void*);
  void* object;
  ThreadDestructor* next;
};

void destroy_thread_objects(void* of_first) {
  for (auto* each = static_cast<ThreadDestructor*>(of_first); each != nullptr;) {
    each->destroy(each->object);
    delete std::exchange(each, each->next);
  }
}

timespec now(clockid_t clock) {
  timespec time;
  ::clock_gettime(clock, &time);
  return time;
}

}  // namespace

extern "C" {

// 2.32: libstdc++ asks it whether it can count references without atomic operations.
char __libc_single_threaded = 0;

// 2.18: the compiler registers the destructors of thread-local objects with it.
int __cxa_thread_atexit_impl(void (*destroy)(void*), void* object, void* library) {
  static auto* const add = of_glibc(&__cxa_thread_atexit_impl, "__cxa_thread_atexit_impl");
  if (add != nullptr) return add(destroy, object, library);
  static const pthread_key_t key = [] {
    pthread_key_t made;
    if (::pthread_key_create(&made, destroy_thread_objects) != 0) std::abort();
    return made;
  }();
  auto* const next = static_cast<ThreadDestructor*>(::pthread_getspecific(key));
  return ::pthread_setspecific(key, new ThreadDestructor{destroy, object, next});
}

// 2.25: where OpenSSL gets its random bytes. Without this system call it reads a device.
int getentropy(void* bytes, size_t count) {
  return ::syscall(SYS_getrandom, bytes, count, 0) == static_cast<long>(count) ? 0 : -1;
}

// 2.27.
int memfd_create(const char* name, unsigned flags) {
  return static_cast<int>(::syscall(SYS_memfd_create, name, flags));
}

// 2.36: a std::random_device calls it.
uint32_t arc4random() {
  uint32_t bits;
  if (getentropy(&bits, sizeof(bits)) != 0) std::abort();
  return bits;
}

// 2.35: the unwinder of exceptions asks it where the frames of an address are.
int _dl_find_object(void* pc, dl_find_object* result) {
  FoundObject search{reinterpret_cast<uintptr_t>(pc), result};
  return ::dl_iterate_phdr(find_in, &search) == 1 ? 0 : -1;
}

// 2.33: before, these were inline calls of __xstat() and its kin.
int stat(const char* path, struct stat* result) {
  return ::fstatat(AT_FDCWD, path, result, 0);
}

int lstat(const char* path, struct stat* result) {
  return ::fstatat(AT_FDCWD, path, result, AT_SYMLINK_NOFOLLOW);
}

int fstat(int descriptor, struct stat* result) {
  return ::fstatat(descriptor, "", result, AT_EMPTY_PATH);
}

int fstatat(int directory, const char* path, struct stat* result, int flags) {
  return static_cast<int>(::syscall(SYS_newfstatat, directory, path, result, flags));
}

// libstdc++ calls them by these names.
int stat64(const char* path, struct stat64* result) __attribute__((alias("stat")));
int lstat64(const char* path, struct stat64* result) __attribute__((alias("lstat")));
int fstat64(int descriptor, struct stat64* result) __attribute__((alias("fstat")));
int fstatat64(int directory, const char* path, struct stat64* result, int flags)
    __attribute__((alias("fstatat")));

// 2.35.
int epoll_pwait2(int set, epoll_event* events, int most, const timespec* longest,
                 const sigset_t* mask) {
  constexpr size_t kKernelSignalSetBytes = 8;
  return static_cast<int>(
      ::syscall(SYS_epoll_pwait2, set, events, most, longest, mask, kKernelSignalSetBytes));
}

// 2.36.
int pidfd_open(pid_t process, unsigned flags) {
  return static_cast<int>(::syscall(SYS_pidfd_open, process, flags));
}

int pidfd_send_signal(int process, int signal, siginfo_t* info, unsigned flags) {
  return static_cast<int>(::syscall(SYS_pidfd_send_signal, process, signal, info, flags));
}

// 2.30: libstdc++ waits with it. A condition variable knows the real time, which somebody may set.
// So this wait ends after a second at the latest, as any wait may end too early.
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) {
  static auto* const wait = of_glibc(&pthread_cond_clockwait, "pthread_cond_clockwait");
  if (wait != nullptr) return wait(condition, mutex, clock, until);
  constexpr int64_t kSecond = 1'000'000'000;
  const timespec begin = now(clock);
  const int64_t seconds = std::clamp<int64_t>(until->tv_sec - begin.tv_sec, -2, 2);
  const int64_t left = seconds * kSecond + until->tv_nsec - begin.tv_nsec;
  timespec end = now(CLOCK_REALTIME);
  const int64_t nanoseconds = end.tv_nsec + std::clamp<int64_t>(left, 0, kSecond);
  end.tv_sec += nanoseconds / kSecond;
  end.tv_nsec = nanoseconds % kSecond;
  const int result = ::pthread_cond_timedwait(condition, mutex, &end);
  return result == ETIMEDOUT && left > kSecond ? 0 : result;
}

// 2.34. An older glibc closes the descriptors that are open now.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t* actions, int first) {
  static auto* const add = of_glibc(&posix_spawn_file_actions_addclosefrom_np,
                                    "posix_spawn_file_actions_addclosefrom_np");
  if (add != nullptr) return add(actions, first);
  std::error_code failure;
  for (const auto& open : std::filesystem::directory_iterator("/proc/self/fd", failure)) {
    const int descriptor = std::atoi(open.path().filename().c_str());
    if (descriptor < first) continue;
    if (const int error = ::posix_spawn_file_actions_addclose(actions, descriptor)) return error;
  }
  return failure.value();
}

}  // extern "C"
