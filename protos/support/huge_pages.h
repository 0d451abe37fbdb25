#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace syncmanager {

// Fresh memory costs a page fault for each of its pages, and that is most of the time that a large
// value takes: with pages of 2 MiB in place of 4 KiB values of 64 MiB pass ten times as fast on a
// virtual machine. Linux grants such pages where a program asks for them, or to all programs, or
// never, as /sys/kernel/mm/transparent_hugepage/enabled says.
// https://docs.kernel.org/admin-guide/mm/transhuge.html

// Asks for huge pages for memory of this size, if it is large enough to gain by them. The memory
// should not have been written to. Does nothing where the system has no huge pages.
void prefer_huge_pages(const void* memory, size_t bytes);

// Reserves room for `bytes` in all, in huge pages if that is a lot.
void reserve_large(std::string& text, size_t bytes);

// A copy, in huge pages if it is large.
std::string copy_of(std::string_view bytes);

}  // namespace syncmanager
