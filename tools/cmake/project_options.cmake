# project_options: what every target of ours is compiled with. Generated code gets none of it.
add_library(project_options INTERFACE)
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough -Wswitch -Wno-missing-field-initializers -Werror
  -fno-strict-overflow -fstack-protector-strong)
target_include_directories(project_options INTERFACE ${PROJECT_SOURCE_DIR})

# Debian's hardening flags (reference: Debian policy, dpkg-buildflags). Fortify needs optimisation.
if(CMAKE_BUILD_TYPE MATCHES "Release|RelWithDebInfo")
  target_compile_options(project_options INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-clash-protection -fcf-protection)
  target_link_options(project_options INTERFACE -Wl,-z,relro,-z,now)
endif()
target_compile_definitions(project_options INTERFACE _GLIBCXX_ASSERTIONS)
include(CheckPIESupported)
check_pie_supported()

# SYNCMANAGER_SANITIZE=address,undefined or =thread: see CMakePresets.json.
set(SYNCMANAGER_SANITIZE "" CACHE STRING "Sanitizers for every target, as -fsanitize takes them")
if(SYNCMANAGER_SANITIZE)
  add_compile_options(-fsanitize=${SYNCMANAGER_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SYNCMANAGER_SANITIZE})
endif()

# A faster linker and a compiler cache where the machine has them: nothing depends on either.
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
