// The start of a program that is linked to the glibc of BASE (glibc.py) on a newer machine.
// Since 2.34 the compiler's start code leaves it to glibc to call the constructors of the program's
// objects. An older glibc expects a function that calls them. A newer one still calls that function
// for the programs of older machines.

#include <cstddef>

#pragma GCC visibility push(hidden)

using Main = int (*)(int, char**, char**);

extern "C" {

// The linker's: the constructors of this program.
extern void (*__init_array_start[])(int, char**, char**);
extern void (*__init_array_end[])(int, char**, char**);

#pragma GCC visibility push(default)
int start_by_glibc(Main main, int count, char** words, void (*construct)(int, char**, char**),
                   void (*destroy)(), void (*end_loader)(), void* stack);
#pragma GCC visibility pop
#if defined(__x86_64__)
__asm__(".symver start_by_glibc, __libc_start_main@GLIBC_2.2.5");
#else
__asm__(".symver start_by_glibc, __libc_start_main@GLIBC_2.17");
#endif

static void construct(int count, char** words, char** environment) {
  const std::ptrdiff_t all = __init_array_end - __init_array_start;
  for (std::ptrdiff_t i = 0; i < all; ++i) __init_array_start[i](count, words, environment);
}

// The compiler's start code calls this in place of glibc's.
int __libc_start_main(Main main, int count, char** words, void (*)(int, char**, char**),
                      void (*destroy)(), void (*end_loader)(), void* stack) {
  return start_by_glibc(main, count, words, construct, destroy, end_loader, stack);
}

}  // extern "C"
