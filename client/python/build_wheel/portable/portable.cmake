# The wheel's programs and extension for other machines than this one: they have all libraries inside
# but glibc, and need no newer glibc than BASE (../glibc.py). SYNCMANAGER_ARCHIVES is the folder that
# ../archives.py has filled.
list(PREPEND CMAKE_PREFIX_PATH ${SYNCMANAGER_ARCHIVES})
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
set(OPENSSL_USE_STATIC_LIBS ON)
set(MOLD FALSE)  # It takes the program's __libc_start_main() for glibc's (start.cc).

add_compile_options(-ffunction-sections -fdata-sections)
# The stand-ins for glibc come first. --exclude-libs: a Python process may have another OpenSSL or
# protobuf, which must see nothing of ours.
add_link_options(-L${SYNCMANAGER_ARCHIVES}/glibc -static-libstdc++ -static-libgcc
  -Wl,--gc-sections -Wl,--exclude-libs,ALL)

# Calls once all targets are there.
cmake_language(DEFER DIRECTORY ${PROJECT_SOURCE_DIR} CALL make_portable)

set(portable_dir ${CMAKE_CURRENT_LIST_DIR})
function(make_portable)
  foreach(target _native syncmanagerd syncctl)
    target_sources(${target} PRIVATE ${portable_dir}/since_base.cc)
    # An older glibc has these three libraries beside libc.so.6.
    target_link_options(${target} PRIVATE
      -Wl,--push-state,--no-as-needed -lpthread -ldl -lrt -Wl,--pop-state)
    set_property(TARGET ${target} APPEND PROPERTY
      LINK_DEPENDS ${SYNCMANAGER_ARCHIVES}/glibc/libc.so.6)
  endforeach()
  target_sources(syncmanagerd PRIVATE ${portable_dir}/start.cc)
  target_sources(syncctl PRIVATE ${portable_dir}/start.cc)
endfunction()
